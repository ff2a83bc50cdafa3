"""The plugin's code as it was when its generation began, and never from stale bytecode.

A module that is imported late, in the middle of a call, comes from the same moment as the rest,
though its file may have been saved again or deleted since. And Python takes bytecode for fresh if
the whole second and the size of its source fit (importlib's _bootstrap_external, PEP 3147), which
two saves within a second can share: so the plugin's bytecode is neither read nor written.
"""

import importlib.util
import linecache
import os
import pickle
import sys
from collections.abc import Callable, Mapping
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    SourceFileLoader,
    SourcelessFileLoader,
)
from types import ModuleType
from typing import Any

from .own_code import path_in_plugin

# As Python's own FileFinders have them (importlib's _get_supported_file_loaders).
_LOADERS = (
    (ExtensionFileLoader, EXTENSION_SUFFIXES),
    (SourceFileLoader, SOURCE_SUFFIXES),
    (SourcelessFileLoader, BYTECODE_SUFFIXES),
)


def use_sources(folder: str, fd: int | None) -> None:
    """Take the plugin's modules from an open file that holds them, or from disk if there is none.

    The file is a pickled mapping of names in the folder to bytes; it is read to its end and closed.
    """
    read: Mapping[str, bytes] = {}
    if fd is not None:
        with os.fdopen(fd, "rb") as file:
            read = pickle.load(file)
    sources = {os.path.join(folder, name): data for name, data in read.items()}

    def is_own(path: str) -> bool:
        return path_in_plugin(folder, path) is not None

    _patch_loader(is_own, sources)
    if fd is not None:
        sys.path_hooks.insert(0, _hook(is_own, folder, sources))
        for path in [path for path in sys.path_importer_cache if path.startswith(folder)]:
            del sys.path_importer_cache[path]


def _patch_loader(is_own: Callable[[str], bool], sources: Mapping[str, bytes]) -> None:
    # On the class itself: the SDK makes loaders of its own from a file's place.
    path_stats, get_data = SourceFileLoader.path_stats, SourceFileLoader.get_data

    def path_stats_without_bytecode(self: SourceFileLoader, path: str) -> Mapping[str, Any]:
        if is_own(path):
            raise OSError("without it no bytecode is read or written")
        return path_stats(self, path)

    def get_data_of_the_generation(self: SourceFileLoader, path: str) -> bytes:
        data = sources.get(os.path.normpath(path))
        if data is None:
            return get_data(self, path)
        _show_in_tracebacks(path, data)
        return data

    SourceFileLoader.path_stats = path_stats_without_bytecode  # type: ignore[method-assign]
    SourceFileLoader.get_data = get_data_of_the_generation  # type: ignore[method-assign,assignment]


def _show_in_tracebacks(path: str, data: bytes) -> None:
    """Tracebacks and the debugger show the lines that run, not what the file holds by then."""
    try:
        lines = importlib.util.decode_source(data).splitlines(keepends=True)
    except (SyntaxError, UnicodeDecodeError):
        return
    # A time of None keeps linecache from looking at the file.
    linecache.cache[path] = (len(data), None, lines, path)


def _hook(
    is_own: Callable[[str], bool], folder: str, sources: Mapping[str, bytes]
) -> Callable[[str], "_Finder"]:
    def hook(path: str) -> _Finder:
        if path != folder and not is_own(path):
            raise ImportError("not the plugin's")
        if os.path.isfile(path):
            raise ImportError("not a folder")
        return _Finder(os.path.normpath(path), sources)

    return hook


class _Finder(FileFinder):
    """Finds modules in one folder of the plugin: among the sources, else on disk."""

    def __init__(self, folder: str, sources: Mapping[str, bytes]) -> None:
        super().__init__(folder, *_LOADERS)
        self._sources = sources

    def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:
        tail = os.path.join(self.path, fullname.rpartition(".")[2])
        package = os.path.join(tail, "__init__.py")
        if package in self._sources:
            return _spec(fullname, package, [tail])
        if tail + ".py" in self._sources:
            return _spec(fullname, tail + ".py", None)
        if found := super().find_spec(fullname, target):  # extension modules, namespace packages
            return found
        if any(source.startswith(tail + os.sep) for source in self._sources):
            return _namespace(fullname, tail)  # whose folder has been deleted since
        return None


def _namespace(name: str, folder: str) -> ModuleSpec:
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [folder]
    return spec


def _spec(name: str, path: str, inner: list[str] | None) -> ModuleSpec | None:
    loader = SourceFileLoader(name, path)
    return importlib.util.spec_from_file_location(
        name, path, loader=loader, submodule_search_locations=inner
    )
