"""The files that the packager would put into the package (D pkg/plugin_packager/decoder/fs.go)."""

import os
import stat
from collections import deque
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from emulator.check.package.ignore_file import IgnoreFile, Parts

MOST = 25_000
"""Files that are looked at. A plugin has some hundred; what has more than this is told anyway."""


class PackagedFile(NamedTuple):
    """A file of the package."""

    name: str
    """Relative to the plugin's folder, with slashes."""
    size: int


class PackagedFiles:
    """What gets into the package. Nothing below a folder that is kept out is looked at."""

    def __init__(self, folder: Path, ignore_file: IgnoreFile) -> None:
        self.files: list[PackagedFile] = []
        self.folders: list[str] = []
        """Their folders, the nearest to the plugin's own first."""
        self.unreadable: list[str] = []
        """Links to folders and to nothing: the packager goes into neither, and reads both."""
        self.is_whole = True
        """Whether all files are here; else there are more than is worth to look at."""
        self._ignore_file = ignore_file
        below: deque[tuple[str, Parts]] = deque([(os.fspath(folder), ())])
        while below and self.is_whole:
            below.extend(self._read(*below.popleft()))

    def __contains__(self, name: str) -> bool:
        return name in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(each.name for each in self.files)

    @property
    def size(self) -> int:
        """Bytes of all of them, uncompressed."""
        return sum(each.size for each in self.files)

    def _read(self, place: str, parts: Parts) -> Iterator[tuple[str, Parts]]:
        """Take the files of a folder, and tell those folders in it that are not kept out."""
        try:
            with os.scandir(place) as found:
                entries = list(found)
        except OSError:
            return  # the packager could not either, and says so
        for entry in entries:
            path = (*parts, entry.name)
            is_folder = entry.is_dir(follow_symlinks=False)
            if self._ignore_file.excludes(path, is_folder):
                continue
            if is_folder:
                self.folders.append("/".join(path))
                yield entry.path, path
            elif len(self.files) < MOST:
                self._take(entry, "/".join(path))
            else:
                self.is_whole = False
                return

    def _take(self, entry: "os.DirEntry[str]", name: str) -> None:
        try:
            found = entry.stat()  # of what a link leads to
        except OSError:
            self.unreadable.append(name)
            return
        if stat.S_ISDIR(found.st_mode):
            self.unreadable.append(name)
        else:
            self.files.append(PackagedFile(name, found.st_size))
