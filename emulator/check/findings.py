"""What is wrong with a plugin: where, who minds and when, and what to write instead."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from emulator.check.codes import RULES, Level


class Who(StrEnum):
    """The three that read a plugin, and Dify's own pages and api, which use what they read."""

    PACKAGER = "packager"
    """``dify plugin package`` (D pkg/plugin_packager)."""
    DAEMON = "daemon"
    SDK = "SDK"
    PLATFORM = "platform"


class When(StrEnum):
    PACKAGING = "packaging"
    INSTALLATION = "installation"
    DEBUGGING = "remote debugging"
    """When a plugin registers with a running Dify (D internal/core/debugging_runtime)."""
    LOAD = "load"
    """When the plugin's process starts: at installation on Dify, with every round of `run` here."""
    RUN_TIME = "run time"


class Complaint(NamedTuple):
    """Who refuses something, or changes it without a word, and when it shows."""

    who: Who
    when: When

    def __str__(self) -> str:
        return f"{self.who} at {self.when}"


AT_PACKAGING = Complaint(Who.PACKAGER, When.PACKAGING)
AT_INSTALLATION = Complaint(Who.DAEMON, When.INSTALLATION)
AT_DEBUGGING = Complaint(Who.DAEMON, When.DEBUGGING)
AT_LOAD = Complaint(Who.SDK, When.LOAD)
BY_DAEMON = Complaint(Who.DAEMON, When.RUN_TIME)
BY_SDK = Complaint(Who.SDK, When.RUN_TIME)
BY_PLATFORM = Complaint(Who.PLATFORM, When.RUN_TIME)

By = tuple[Complaint, ...]


class Place(NamedTuple):
    """A place in a plugin's file. Lines and columns count from 1, columns in characters."""

    file: str
    """Relative to the plugin's folder, with slashes."""
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing wrong. In order of their places."""

    place: Place
    code: str
    message: str
    """What is wrong, in one line."""
    advice: str = field(compare=False)
    """What to write instead."""
    by: By = field(compare=False)

    @property
    def level(self) -> Level:
        return RULES[self.code].level

    @property
    def is_error(self) -> bool:
        return self.level is Level.ERROR

    def __str__(self) -> str:
        by = ", ".join(map(str, self.by))
        return f"{self.place}: {self.code} {self.message} [{by}]"

    def as_document(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "level": str(self.level),
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "message": self.message,
            "advice": self.advice,
            "by": [{"who": str(each.who), "when": str(each.when)} for each in self.by],
        }


def joined(*by: By) -> By:
    """All who complain, each once, in the order in which a plugin meets them."""
    order = (AT_LOAD, AT_PACKAGING, AT_INSTALLATION, AT_DEBUGGING, BY_SDK, BY_DAEMON, BY_PLATFORM)
    return tuple(each for each in order if any(each in some for some in by))
