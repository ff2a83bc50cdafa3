"""What a plugin's files ask for to be installed, as far as it stands there in plain words."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from emulator.check.declared.document import LARGEST
from emulator.check.findings import Place
from emulator.check.package.packaged_files import PackagedFiles
from emulator.check.package.versions import Specifier, parse_specifier

PYPROJECT, REQUIREMENTS = "pyproject.toml", "requirements.txt"

_REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*"
    r"(?P<specifier>\(?\s*(?:[<>=!~][^;@]*)?)(?P<url>@[^;]*)?(?P<marker>;.*)?",
    re.ASCII,
)


class Requirement(NamedTuple):
    """A package that is asked for."""

    name: str
    """As PyPI compares names: in small letters, with `-`."""
    text: str
    place: Place
    specifier: Specifier | None
    """None if it is not plain."""
    always: bool
    """Whether neither a marker nor a link decides on it."""


class RequirementsFile(NamedTuple):
    """One of the two files."""

    name: str
    text: str
    requirements: tuple[Requirement, ...]
    is_plain: bool
    """Whether nothing else is in it that may bring packages."""
    data: dict[str, Any]
    """Of a pyproject.toml, all that is in it."""

    @property
    def sdk(self) -> Requirement | None:
        return next((each for each in self.requirements if each.name == "dify-plugin"), None)

    def place(self, word: str) -> Place:
        """Where a word stands first; the file's beginning if it does not."""
        return _place(self.name, self.text, self.text.find(word))


class BadToml(Exception):
    """Not TOML; where, and why."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place


class Required:
    """The files of a package, and which of them Dify takes."""

    def __init__(self, folder: Path, package: PackagedFiles) -> None:
        self.chosen = _chosen(folder, package)
        """Its name; None if the package has neither."""
        self.file: RequirementsFile | None = None
        """What is in it, if that can be read."""
        self.not_read: RequirementsFile | None = None
        """The requirements.txt beside a pyproject.toml."""
        self.broken: BadToml | None = None
        with contextlib.suppress(OSError):
            if self.chosen == PYPROJECT and _is_small(folder / PYPROJECT):
                try:
                    self.file = _read_pyproject(folder)
                except BadToml as error:
                    self.broken = error
            if REQUIREMENTS in package and _is_small(folder / REQUIREMENTS):
                lines = _read_requirements(folder)
                if self.chosen == REQUIREMENTS:
                    self.file = lines
                else:
                    self.not_read = lines


def _is_small(path: Path) -> bool:
    """Whether it is read at all. Raises OSError."""
    return path.stat().st_size <= LARGEST


def _chosen(folder: Path, package: PackagedFiles) -> str | None:
    """As D internal/core/local_runtime/setup_python_environment.go does without a mirror."""
    for name in (PYPROJECT, REQUIREMENTS):
        if name in package:
            return name
    # The packager makes one of these two, which it reads where they lie
    has_lock = (folder / PYPROJECT).exists() and (folder / "uv.lock").exists()
    return REQUIREMENTS if has_lock and not (folder / REQUIREMENTS).exists() else None


def _read_requirements(folder: Path) -> RequirementsFile:
    """requirements.txt. Raises OSError."""
    text = (folder / REQUIREMENTS).read_text(encoding="utf-8-sig", errors="replace")
    found, is_plain = [], True
    for number, raw in enumerate(text.split("\n"), start=1):
        line = re.split(r"(?:^|\s)(?:#|--hash)", raw)[0].strip().rstrip("\\ ")
        place = Place(REQUIREMENTS, number, len(raw) - len(raw.lstrip()) + 1)
        requirement = _requirement(line, place) if line else None
        found += [requirement] if requirement else []
        is_plain = is_plain and (not line or requirement is not None)
    return RequirementsFile(REQUIREMENTS, text, tuple(found), is_plain, {})


def _read_pyproject(folder: Path) -> RequirementsFile:
    """pyproject.toml. Raises OSError and BadToml."""
    import tomllib  # 9 ms that only those pay who have one

    content = (folder / PYPROJECT).read_bytes()
    try:
        text = content.decode()
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadToml(Place(PYPROJECT, line), "is not UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadToml(_place_of(error, text), f"is not TOML: {error}") from None
    project = data.get("project")
    lines = project.get("dependencies", []) if isinstance(project, dict) else []
    found = tuple(_of_project(text, lines)) if isinstance(lines, list) else ()
    is_plain = isinstance(lines, list) and len(found) == len(lines)
    return RequirementsFile(PYPROJECT, text, found, is_plain, data)


def _of_project(text: str, lines: list[Any]) -> Iterator[Requirement]:
    for line in lines:
        if isinstance(line, str):
            place = _place(PYPROJECT, text, max(text.find(f'"{line}"'), text.find(f"'{line}'")))
            if requirement := _requirement(line.strip(), place):
                yield requirement


def _requirement(line: str, place: Place) -> Requirement | None:
    found = _REQUIREMENT.fullmatch(line)
    if found is None:
        return None
    name = re.sub(r"[-_.]+", "-", found["name"]).lower()
    specifier = parse_specifier(found["specifier"].strip().strip("()"))
    always = found["url"] is None and found["marker"] is None
    return Requirement(name, line, place, specifier, always)


def _place(file: str, text: str, at: int) -> Place:
    if at < 0:
        return Place(file)
    before = text[:at]
    return Place(file, before.count("\n") + 1, at - before.rfind("\n"))


def _place_of(error: Exception, text: str) -> Place:
    """Where TOML breaks off: Python 3.11 has it in the message only."""
    found = re.search(r"at line (\d+), column (\d+)", str(error))
    if found:
        return Place(PYPROJECT, int(found[1]), int(found[2]))
    return Place(PYPROJECT, max(1, len(text.splitlines())))
