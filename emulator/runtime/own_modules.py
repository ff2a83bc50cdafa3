"""Which modules a plugin brings itself, by its sources."""

from collections.abc import Mapping
from pathlib import PurePosixPath


def own_modules(sources: Mapping[str, bytes]) -> frozenset[str]:
    """Modules that hide others of their name.

    Those in the plugin's folder, which is the first place that Python looks in. Code that changes
    ``sys.path`` may make any folder such a place: then those in all of them.
    """
    moves_path = any(b"sys.path" in source for source in sources.values())
    names = set()
    for name in sources:
        path = PurePosixPath(name)
        if path.name == "__init__.py":
            path = path.parent
        if moves_path or len(path.parts) == 1:
            names.add(path.stem)
    return frozenset(names)


def own_names(sources: Mapping[str, bytes]) -> frozenset[str]:
    """First parts of names that may mean something of the plugin's: its folders too."""
    return own_modules(sources) | {name.partition("/")[0] for name in sources if "/" in name}
