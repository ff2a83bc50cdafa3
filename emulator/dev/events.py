"""What happens while ``dev`` runs, for whoever shows it. Told from many threads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from emulator.dify.notes import Note
from emulator.errors import EmulatorError
from emulator.runtime.warm_starts import Way
from emulator.workspace.effects import Effect
from emulator.workspace.history import Undone

Why = Literal["http", "command", "rerun"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A generation is there, and new rounds go to it."""

    plugin: str
    generation: int
    changed: list[str]
    """The files that it was made for; none for the first."""
    way: Way
    seconds: float
    """From the first word of a change until it was ready."""


@dataclass(frozen=True, slots=True)
class Broken:
    """What is on disk does not load."""

    plugin: str
    error: EmulatorError
    changed: list[str]
    stale: int | None
    """The generation that goes on serving, if one does."""


@dataclass(frozen=True, slots=True)
class Mended:
    """The files are again what the present generation was made of."""

    plugin: str
    generation: int


@dataclass(frozen=True, slots=True)
class Died:
    """The generation's process ended by itself; the next round starts the same code again."""

    plugin: str
    generation: int


@dataclass(frozen=True, slots=True)
class RoundEnded:
    """A round is over."""

    plugin: str
    why: Why
    round: int
    stale: bool
    """Whether it ran on an older generation because what is on disk does not load."""
    read: Callable[[], dict[str, Any]]
    """Its document, as it is kept. Raises NotThereError."""
    effects: Callable[[], list[Effect]]
    """What it changed in memory."""


@dataclass(frozen=True, slots=True)
class LateCall:
    """A round's session asked for something after its end."""

    plugin: str
    round: int
    note: Note


@dataclass(frozen=True, slots=True)
class OutsideChange:
    """Another process has changed this plugin's storage."""

    plugin: str
    workspace: str
    round: int | None
    op: str
    key: str
    size_before: int | None
    size_after: int | None


@dataclass(frozen=True, slots=True)
class MemoryUndone:
    """A step was taken back, if there was one."""

    plugin: str
    undone: Undone | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Something could not be done; the rest goes on."""

    plugin: str
    error: EmulatorError


@dataclass(frozen=True, slots=True)
class Progress:
    """Something that takes its time, such as an environment being built."""

    plugin: str
    line: str


Event = (
    Loaded
    | Broken
    | Mended
    | Died
    | RoundEnded
    | LateCall
    | OutsideChange
    | MemoryUndone
    | Refused
    | Progress
)

Tell = Callable[[Event], None]
