"""The files of a plugin's folder that make up its generations, and what has changed of them."""

import contextlib
import hashlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatch
from pathlib import Path

ENVIRONMENT = ("requirements.txt", "pyproject.toml", "uv.lock")
CONFIGURATION = ("dify-emulator.yaml", ".env")
_QUIET_SECONDS = 0.006
"""How long ago the last save has to be, by the times of the files."""
_LONGEST_SECONDS = 0.1
_LEAST_LOOKS = 8
EMPTY_SECONDS = 0.25
"""How long a file may be empty between being truncated and written."""
_EMPTY_LOOKS = round(EMPTY_SECONDS / _QUIET_SECONDS)
"""How often one may be found so. Not by the clock alone: a busy machine may look but twice."""

_SKIPPED_FOLDERS = ("__pycache__", "node_modules")


class Kind(Enum):
    """What a change of a file means for the next generation."""

    CODE = "code"
    DECLARATIONS = "declarations"
    CONFIGURATION = "configuration"
    ENVIRONMENT = "environment"


def kind_of(name: str) -> Kind:
    """What a change of this file, named in the plugin's folder, means."""
    if name in ENVIRONMENT:
        return Kind.ENVIRONMENT
    if name in CONFIGURATION:
        return Kind.CONFIGURATION
    return Kind.DECLARATIONS if name.endswith((".yaml", ".yml")) else Kind.CODE


@dataclass(frozen=True, slots=True)
class Watched:
    """Which files of a folder count."""

    folder: Path
    state_dir: Path
    extra: tuple[str, ...] = ()
    """Patterns of files that count beyond code, declarations and requirements."""
    ignored: tuple[str, ...] = ()
    """Patterns of files and folders that do not."""

    def counts(self, name: str) -> bool:
        """Whether a file, by its name in the folder, is part of a generation."""
        parts = name.split("/")
        if any(self._is_skipped("/".join(parts[: i + 1])) for i in range(len(parts) - 1)):
            return False
        return self._matches(name)

    def files(self) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """All files that count, by their names in the folder."""
        yield from self._below("")

    def _below(self, folder: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
        try:
            entries = list(os.scandir(self.folder / folder))
        except OSError:  # deleted meanwhile
            return
        for entry in entries:
            name = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):  # a link may lead round in a circle
                if not self._is_skipped(name):
                    yield from self._below(name)
            elif self._matches(name):
                yield name, entry

    def _is_skipped(self, folder: str) -> bool:
        name = folder.rpartition("/")[2]
        path = self.folder / folder
        return (
            name.startswith(".")
            or name in _SKIPPED_FOLDERS
            or path == self.state_dir
            or self._is_ignored(folder)
            or (path / "pyvenv.cfg").exists()
        )

    def _matches(self, name: str) -> bool:
        if self._is_ignored(name):
            return False
        return (
            name.endswith((".py", ".yaml", ".yml"))
            or name in ENVIRONMENT
            or name in CONFIGURATION
            or any(_fits(name, pattern) for pattern in self.extra)
        )

    def _is_ignored(self, name: str) -> bool:
        return any(_fits(name, pattern.rstrip("/")) for pattern in self.ignored)


def _fits(name: str, pattern: str) -> bool:
    return fnmatch(name, pattern) or ("/" not in pattern and fnmatch(Path(name).name, pattern))


@dataclass(frozen=True, slots=True)
class Contents:
    """The files at one moment."""

    sources: dict[str, bytes] = field(default_factory=dict)
    """The code itself."""
    others: dict[str, bytes] = field(default_factory=dict)
    """Digests of the rest."""

    def changed_since(self, before: "Contents") -> list[str]:
        """Names of files that came, went or are different."""
        here, there = self.sources | self.others, before.sources | before.others
        return sorted(name for name in here | there if here.get(name) != there.get(name))


_Look = tuple[int, int, int]
"""What a file's stat says of its content: time, size and inode."""


class Reader:
    """Reads the files that count. Unchanged ones, by their stat, are not read again."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched
        self._known: dict[str, tuple[_Look, bytes]] = {}
        self._before: dict[str, _Look] = {}
        """What the last settled reading found."""

    def read_settled(self, touched: frozenset[str]) -> Contents:
        """The files as they were together at one moment, none of them half written.

        ``touched`` ones are read whatever their stat says: two saves within one tick of the file
        system's clock (4 ms on ext4) can leave the same. Files that are saved without a pause are
        taken as they are after a tenth of a second and a few looks: who reads on a busy machine may
        be stopped for longer in the middle of one.
        """
        longest = time.monotonic() + _LONGEST_SECONDS
        emptied = looks = 0
        while True:
            contents = self.read(touched)
            looks += 1
            # A save may have begun of which no event has been heard yet: one file may be truncated
            # and not yet written, or be of a later save than another that was read before it.
            is_emptied = self._is_emptied()
            emptied += is_emptied
            is_whole = not is_emptied or emptied > _EMPTY_LOOKS
            is_enough = looks > _LEAST_LOOKS and time.monotonic() > longest
            if is_whole and (is_enough or self._is_settled()):
                self._before = {name: look for name, (look, _) in self._known.items()}
                return contents
            touched |= contents.sources.keys() | contents.others.keys()
            time.sleep(_QUIET_SECONDS)

    def read(self, touched: frozenset[str] = frozenset()) -> Contents:
        """The files as they are, each by itself."""
        contents = Contents()
        known = {}
        for name, look in self._looks():
            before = self._known.get(name)
            if before is not None and before[0] == look and name not in touched:
                data = before[1]
            else:
                try:
                    data = (self.watched.folder / name).read_bytes()
                except OSError:  # deleted meanwhile, or not for us to read
                    continue
                if not name.endswith(".py"):
                    data = hashlib.blake2b(data).digest()
            known[name] = look, data
            (contents.sources if name.endswith(".py") else contents.others)[name] = data
        self._known = known
        return contents

    def _is_emptied(self) -> bool:
        """Whether a file has just been truncated by somebody who is about to write it."""
        now = time.time_ns()
        for name, (look, _) in self._known.items():
            old = self._before.get(name)
            if look[1] or (old is not None and not old[1]):
                continue
            # ext4 shows a truncated file empty for a millisecond before it gives it a new time.
            if now - look[0] < EMPTY_SECONDS * 1e9 or (old is not None and old[0] == look[0]):
                return True
        return False

    def _is_settled(self) -> bool:
        """Whether no save can have been under way while the files were read."""
        looks = dict(self._looks())
        if looks != {name: look for name, (look, _) in self._known.items()}:
            return False
        now = time.time_ns()
        return not any(now - _QUIET_SECONDS * 1e9 < look[0] <= now for look in looks.values())

    def _looks(self) -> Iterator[tuple[str, _Look]]:
        for name, entry in self.watched.files():
            with contextlib.suppress(OSError):  # deleted meanwhile, or a link to nowhere
                found = entry.stat()
                if stat.S_ISREG(found.st_mode):  # a pipe would be waited for
                    yield name, (found.st_mtime_ns, found.st_size, found.st_ino)
