"""The ignore file as the packager reads it, which is not how git does.

D pkg/plugin_packager/decoder/fs.go: `.difyignore`, and `.gitignore` only if there is none; in the
plugin's folder, not in those below it. Each line is asked by itself and the first that matches
decides, so `!name` takes nothing back. Matching is go-git's (plumbing/format/gitignore/pattern.go),
to the letter: `**` does not go back to try another folder, for one.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from emulator.check.findings import Place
from emulator.check.package.go_match import BadPattern, to_regex

NAMES = (".difyignore", ".gitignore")
"""In the order in which they are looked for."""

Parts = tuple[str, ...]
"""A path in the plugin's folder."""

_ANY_FOLDERS = "**"


class Line(NamedTuple):
    """A pattern that keeps something out of the package."""

    number: int
    text: str
    steps: tuple[re.Pattern[str] | str, ...]
    """What its parts between slashes match; `""` and `"**"` stand for themselves."""
    only_folders: bool
    is_path: bool
    """Whether it holds a slash; else it is a name, wherever it stands."""

    def excludes(self, path: Parts, is_folder: bool) -> bool:
        """Whether it keeps a path out, of which no folder above is kept out."""
        if self.is_path:
            return self._excludes_path(path, is_folder)
        step = self.steps[0]
        return (
            isinstance(step, re.Pattern)
            and (is_folder or not self.only_folders)
            and step.fullmatch(path[-1]) is not None
        )

    def _excludes_path(self, path: Parts, is_folder: bool) -> bool:
        rest = list(path)
        matched = in_any_folder = False
        for number, step in enumerate(self.steps):
            if step == "":
                in_any_folder = False
            elif step == _ANY_FOLDERS:
                if number == len(self.steps) - 1:
                    break
                in_any_folder = True
            elif isinstance(step, str) or not rest:
                return False
            elif in_any_folder:
                in_any_folder = False
                # From here on the first folder that matches is taken, and no other is tried.
                at = next((at for at, name in enumerate(rest) if step.fullmatch(name)), None)
                matched = at is not None
                rest = rest[at + 1 :] if at is not None else []
            else:
                if not step.fullmatch(rest.pop(0)):
                    return False
                matched = True
        return matched and (is_folder or not self.only_folders)


class IgnoreFile:
    """What of a plugin's folder does not get into its package."""

    def __init__(self, name: str | None, text: str) -> None:
        self.name = name
        """Of the file; None if there is none."""
        self.lines = tuple(_read_lines(text))

    def line_for(self, path: Parts, is_folder: bool) -> Line | None:
        """The first line that keeps a path out, of which no folder above is kept out."""
        return next((each for each in self.lines if each.excludes(path, is_folder)), None)

    def line_against(self, name: str) -> Line | None:
        """The line that keeps a file out, itself or with a folder above it."""
        parts = tuple(name.split("/"))
        paths = (parts[: end + 1] for end in range(len(parts)))
        lines = (self.line_for(path, is_folder=len(path) < len(parts)) for path in paths)
        return next((line for line in lines if line), None)

    def excludes(self, path: Parts, is_folder: bool) -> bool:
        """As ``line_for``, and fast: all names are one expression."""
        names = self._folder_names if is_folder else self._file_names
        return names.fullmatch(path[-1]) is not None or any(
            each.excludes(path, is_folder) for each in self._paths
        )

    def place(self, line: Line | None = None) -> Place:
        """A line of it, or where one would be added; the manifest if there is no such file."""
        return Place(self.name or "manifest.yaml", line.number if line else 1)

    @cached_property
    def _paths(self) -> tuple[Line, ...]:
        return tuple(each for each in self.lines if each.is_path)

    @cached_property
    def _folder_names(self) -> re.Pattern[str]:
        return _any_of(each for each in self.lines if not each.is_path)

    @cached_property
    def _file_names(self) -> re.Pattern[str]:
        return _any_of(each for each in self.lines if not each.is_path and not each.only_folders)


def read_ignore_file(folder: Path) -> IgnoreFile:
    """The one that the packager takes; an empty one if it finds none."""
    for name in NAMES:
        if not (folder / name).is_file():
            continue  # a named pipe would keep us waiting
        try:
            content = (folder / name).read_bytes()
        except OSError:
            continue
        return IgnoreFile(name, content.decode("utf-8", "surrogateescape"))
    return IgnoreFile(None, "")


def _read_lines(text: str) -> Iterator[Line]:
    for number, raw in enumerate(text.split("\n"), start=1):
        pattern = raw.strip()
        if not pattern or pattern.startswith(("#", "!")):
            continue
        only_folders = pattern.endswith("/")
        parts = pattern.removesuffix("/").split("/")
        try:
            steps = tuple(_step(part, is_path=len(parts) > 1) for part in parts)
        except BadPattern:
            continue
        yield Line(number, pattern, steps, only_folders, len(parts) > 1)


def _step(part: str, is_path: bool) -> re.Pattern[str] | str:
    if part == "" or (is_path and _ANY_FOLDERS in part):
        return part
    return re.compile(to_regex(part), re.DOTALL)


def _any_of(lines: Iterator[Line]) -> re.Pattern[str]:
    patterns = [each.steps[0].pattern for each in lines if isinstance(each.steps[0], re.Pattern)]
    return re.compile("|".join(patterns) or "(?!)", re.DOTALL)
