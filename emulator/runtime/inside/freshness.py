"""Whether what a process has loaded is still what lies on disk, beyond the plugin's folder."""

import os
import sys
import sysconfig


class Freshness:
    """Remembers when code was changed that may change again while a plugin is developed.

    That is code on PYTHONPATH or installed to be edited, file by file; and installed packages, by
    the folders that they are in, which change with every package that comes or goes.
    """

    def __init__(self) -> None:
        self._times: dict[str, int] = {}
        self._fixed = tuple(
            sysconfig.get_paths()[name] + os.sep for name in ("stdlib", "platstdlib")
        )

    def remember(self) -> None:
        """What is loaded now is what lies on disk, for all that has not been looked at yet."""
        for path in self._changeable():
            if path not in self._times and (time := _time_of(path)):
                self._times[path] = time

    def is_lost(self) -> bool:
        """Whether something has changed since it was loaded."""
        return any(_time_of(path) != time for path, time in self._times.items())

    def _changeable(self) -> set[str]:
        installed = {path for path in sys.path if path.endswith(("site-packages", "dist-packages"))}
        files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
        within = tuple(path + os.sep for path in installed)
        edited = {
            file
            for file in files
            if isinstance(file, str) and not file.startswith((*self._fixed, *within))
        }
        return installed | edited


def _time_of(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0
