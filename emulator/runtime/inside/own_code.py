"""Which files are the plugin's own code."""

import os
import sys

_PACKAGES = frozenset({"site-packages", "dist-packages"})


def path_in_plugin(folder: str, file: str) -> str | None:
    """A file's path in the plugin's folder; None if it is not there, or in an environment there."""
    file = os.path.normpath(file)  # what a plugin puts on sys.path may lead up and down
    if not _is_in(folder, file) or (_is_in(folder, sys.prefix) and _is_in(sys.prefix, file)):
        return None
    path = file[len(folder) + 1 :]
    return path if _PACKAGES.isdisjoint(path.split(os.sep)) else None


def _is_in(folder: str, file: str) -> bool:
    return file.startswith(folder + os.sep)
