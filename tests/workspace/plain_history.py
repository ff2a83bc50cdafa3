"""History as plainly as it can be said: whole states in dicts, and what an undo goes back to.

The oracle of test_history_model. It shares no code with the emulator, and has Dify's rules as far
as keys, folders, the quota and its count go.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

KEPT_ONCE = 16 * 1024
"""Values from this size on are the same if they are equal."""


@dataclass(frozen=True)
class Value:
    data: bytes
    written: int
    """The operation that stored it."""
    first: int
    """The one that stored something under this key when there was no value."""
    put: int
    """The one that put it there: a rewind brings back what others have written."""


FOLDER = "a folder"
Entry = Value | str
Entries = Mapping[str, Entry]


def is_same(one: Entry | None, other: Entry | None) -> bool:
    """Whether a rewind sees no difference."""
    if not (isinstance(one, Value) and isinstance(other, Value)):
        return one is other
    if len(one.data) >= KEPT_ONCE:
        return one.data == other.data
    return one.written == other.written


@dataclass(frozen=True)
class State:
    """What is stored under each key, and Dify's count of the bytes."""

    entries: Entries = field(default_factory=dict)
    counted: int | None = None

    def contents(self) -> dict[str, bytes | None]:
        """None for folders."""
        return {
            key: entry.data if isinstance(entry, Value) else None
            for key, entry in sorted(self.entries.items())
        }

    def values(self) -> dict[str, bytes]:
        return {key: data for key, data in self.contents().items() if data is not None}

    def firsts(self) -> dict[str, int]:
        return {key: entry.first for key, entry in self.entries.items() if isinstance(entry, Value)}


@dataclass(frozen=True)
class Moment:
    """A state, and the moment that an undo goes back to, with its point."""

    state: State = field(default_factory=State)
    before: "Moment | None" = None
    back_to: int = 0


@dataclass(frozen=True)
class Change:
    operation: int
    key: str
    before: Entry | None
    after: Entry | None

    @property
    def is_of_a_value(self) -> bool:
        return isinstance(self.before, Value) or isinstance(self.after, Value)

    @property
    def size(self) -> int | None:
        return len(self.after.data) if isinstance(self.after, Value) else None


class Refused(Exception):
    """Dify refuses an operation; what it did before stays."""

    def __init__(self, state: State) -> None:
        self.state = state


@dataclass(frozen=True)
class Rules:
    limit: int
    has_folders: bool

    def put(
        self, state: State, path: str, data: bytes, number: int, first: int | None = None
    ) -> State:
        """``first`` is the operation that is the value's first if there is none; by default it."""
        entries = dict(state.entries)
        for parent in parents(path) if self.has_folders else []:
            if isinstance(entries.setdefault(parent, FOLDER), Value):
                raise Refused(replace(state, entries=entries))
        old = entries.get(path)
        if old is FOLDER:
            raise Refused(replace(state, entries=entries))
        growth = len(data) - (len(old.data) if isinstance(old, Value) else 0)
        known = old.first if isinstance(old, Value) else first
        entries[path] = Value(data, number, number if known is None else known, number)
        counted = (state.counted or 0) + growth
        if counted > self.limit:
            raise Refused(replace(state, entries=entries))
        return State(entries, counted)

    def delete(self, state: State, path: str) -> State:
        entry = state.entries.get(path)
        if entry is None:
            raise Refused(state)
        gone = {path}
        if entry is FOLDER:
            inside = path + "/" if path else ""
            gone |= {key for key in state.entries if key.startswith(inside)}
        size = len(entry.data) if isinstance(entry, Value) else 4096
        left = {key: other for key, other in state.entries.items() if key not in gone}
        return State(left, None if state.counted is None else state.counted - size)


def empty(state: State, prefix: str) -> State:
    """What a reset leaves."""
    gone = {key for key in state.entries if key.startswith(prefix)}
    left = {key: other for key, other in state.entries.items() if key not in gone}
    size = sum(len(data) for key, data in state.values().items() if key in gone)
    counted = None if state.counted is None or not prefix else state.counted - size
    return State(left, counted)


def parents(path: str) -> list[str]:
    parts = path.split("/") if path else []
    return ["/".join(parts[:depth]) for depth in range(len(parts))]


class PlainHistory:
    """Of one store."""

    def __init__(self) -> None:
        self.present = Moment()
        self.changes: list[Change] = []

    @property
    def state(self) -> State:
        return self.present.state

    def becomes(self, state: State, number: int, begun: tuple[Moment, int] | None = None) -> None:
        """An operation has been made: in a round that had ``begun`` at a moment, or outside."""
        if self._log(state, number):
            before, back_to = begun or (self.present, number - 1)
            self.present = Moment(state, before, back_to)

    def rewound(self, state: State, number: int) -> None:
        self.becomes(self._brought_back(state, number), number)

    def undone(self, number: int) -> None:
        target = self.present.before
        assert target is not None
        state = self._brought_back(target.state, number)
        self._log(state, number)
        self.present = replace(target, state=state)

    def _brought_back(self, state: State, number: int) -> State:
        present = self.state.entries
        entries: dict[str, Entry] = {}
        for key, entry in state.entries.items():
            if is_same(present.get(key), entry):
                entries[key] = present[key]
            else:
                entries[key] = replace(entry, put=number) if isinstance(entry, Value) else entry
        return State(entries, state.counted)

    def _log(self, state: State, number: int) -> bool:
        old, new = self.state.entries, state.entries
        changes = [
            Change(number, key, old.get(key), new.get(key))
            for key in sorted(old.keys() | new.keys())
            if old.get(key) is not new.get(key)
        ]
        self.changes += changes
        return bool(changes) or state.counted != self.state.counted


def differences(one: State, other: State) -> list[tuple[str, bytes | None, bytes | None]]:
    """Keys whose bytes are different."""
    keys = sorted(one.values().keys() | other.values().keys())
    told = ((key, one.values().get(key), other.values().get(key)) for key in keys)
    return [each for each in told if each[1] != each[2]]


def effects_of(changes: list[Change]) -> list[tuple[str, bytes | None, bytes | None]]:
    """What became of each key over some changes."""
    ends: dict[str, tuple[Entry | None, Entry | None]] = {}
    for each in changes:
        before, _ = ends.get(each.key, (each.before, None))
        ends[each.key] = before, each.after
    return [
        (key, data(before), data(after))
        for key, (before, after) in sorted(ends.items())
        if not is_same(before, after) and (data(before), data(after)) != (None, None)
    ]


def data(entry: Entry | None) -> bytes | None:
    return entry.data if isinstance(entry, Value) else None
