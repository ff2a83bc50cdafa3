"""What became of the values of a store: over a round, or between two points of its history."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from emulator.workspace.blobs import read_blob
from emulator.workspace.history import NO_VALUE, state_at
from emulator.workspace.layout import FOLDER
from emulator.workspace.rounds import OPERATIONS_OF_ROUND
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store

_OF_ROUND = (
    "SELECT changes.key, before, after FROM rounds"
    f" JOIN operations ON {OPERATIONS_OF_ROUND}"
    " JOIN changes ON changes.operation = operations.id"
    " WHERE rounds.id = ? ORDER BY operations.id"
)


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of one key: its value before and after, None where there is none."""

    key: str
    before: bytes | None
    after: bytes | None


def effects(file: StateFile, round: int) -> list[Effect]:
    """What a round changed in its store, taken together, by key."""
    with file.reading() as db:
        first_and_last: dict[str, tuple[int | None, int | None]] = {}
        for key, before, after in db.execute(_OF_ROUND, (round,)).fetchall():
            first_and_last[key] = (first_and_last.get(key, (before,))[0], after)
        return [
            Effect(key, _value(db, before), _value(db, after))
            for key, (before, after) in sorted(first_and_last.items())
            if before != after and not {before, after} <= NO_VALUE
        ]


def written(file: StateFile, round: int) -> dict[str, bytes | None]:
    """What a round left under each key that it wrote or removed: None where it left nothing."""
    with file.reading() as db:
        last = {
            key: after
            for key, before, after in db.execute(_OF_ROUND, (round,)).fetchall()
            if not {before, after} <= NO_VALUE
        }
        return {key: _value(db, blob) for key, blob in sorted(last.items())}


def between(store: Store, first: int, second: int) -> Iterator[Effect]:
    """What is different at the second point from the first, by key; inside a view."""
    db = store.file.connection
    at_first, at_second = state_at(store, first), state_at(store, second)
    for key in sorted(at_first.keys() | at_second.keys()):
        entry = store.find(key)
        present = entry.blob if entry else None
        before, after = at_first.get(key, present), at_second.get(key, present)
        if before != after:
            effect = Effect(key, _value(db, before), _value(db, after))
            if effect.before != effect.after:
                yield effect


def _value(db: sqlite3.Connection, blob: int | None) -> bytes | None:
    if blob is None or blob == FOLDER:
        return None
    return read_blob(db, blob)
