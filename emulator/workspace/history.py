"""Winding a store back along its history. A rewind is a new entry of it, and can be undone.

A point is the number of an operation: the state after it. Point 0 is before everything.
"""

import sqlite3
from dataclasses import dataclass

from emulator.workspace.layout import FOLDER
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Operation, Store

_NO_VALUE = frozenset((None, FOLDER))


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of one key: its value before and after, None where there is none."""

    key: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class Undone:
    """The step that was taken back."""

    operation: int
    """The entry of history that took it back."""
    round: int | None
    op: str
    keys: int


def now(store: Store) -> int:
    """The present point."""
    with store.reading():
        return _last_operation(store)


def rewind(store: Store, point: int) -> int:
    """Bring back the state of a point. Gives the number of the operation that did it."""
    with store.transaction():
        _restore(store, point)
        return store.record(Operation("rewind", str(point), "ok", seen=point))


def undo(store: Store) -> Undone | None:
    """Take back the last step that changed something: a round, or one operation outside of any.

    Twice takes back two. None if there is nothing left to take back.
    """
    with store.transaction():
        found = _last_step(store)
        if found is None:
            return None
        point, number, op = found
        keys = _restore(store, point)
        entry = store.record(Operation("undo", str(point), "ok", seen=point))
        return Undone(entry, number, op, keys)


def effects(file: StateFile, round: int) -> list[Effect]:
    """What a round changed in its store, taken together, by key."""
    with file.reading() as db:
        rows = db.execute(
            "SELECT changes.key, before, after FROM rounds"
            " JOIN operations ON operations.id >= first_operation"
            "  AND operations.id <= coalesce(last_operation, operations.id)"
            "  AND operations.round = rounds.id"
            " JOIN changes ON changes.operation = operations.id"
            " WHERE rounds.id = ? ORDER BY operations.id",
            (round,),
        ).fetchall()
        first_and_last: dict[str, tuple[int | None, int | None]] = {}
        for key, before, after in rows:
            first_and_last[key] = (first_and_last.get(key, (before,))[0], after)
        return [
            Effect(key, _value(db, before), _value(db, after))
            for key, (before, after) in sorted(first_and_last.items())
            if before != after and not {before, after} <= _NO_VALUE
        ]


def _restore(store: Store, point: int) -> int:
    """Put back what stood at a point, inside a transaction."""
    db = store.file.connection
    rows = db.execute(
        "SELECT changes.key, before FROM operations"
        " JOIN changes ON changes.operation = operations.id"
        " WHERE operations.id > ? AND scope = ? ORDER BY operations.id",
        (point, store.scope),
    ).fetchall()
    at_point: dict[str, int | None] = {}
    for key, before in rows:
        at_point.setdefault(key, before)
    changed = 0
    for key, blob in at_point.items():
        entry = store.find(key)
        if (entry.blob if entry else None) != blob:
            store.restore(key, blob)
            changed += blob not in _NO_VALUE or (entry is not None and not entry.is_folder)
    allocated = db.execute(
        "SELECT allocated FROM operations WHERE id <= ? AND scope = ? ORDER BY id DESC LIMIT 1",
        (point, store.scope),
    ).fetchone()
    store.allocate(allocated[0] if allocated else None)
    return changed


def _last_step(store: Store) -> tuple[int, int | None, str] | None:
    """The point before the last step that still stands, its round and its operation."""
    db = store.file.connection
    point = _last_operation(store)
    while True:
        row = db.execute(
            "SELECT id, op, round, seen FROM operations WHERE id <= ? AND scope = ?"
            " AND (op = 'undo' OR EXISTS (SELECT 1 FROM changes WHERE operation = operations.id))"
            " ORDER BY id DESC LIMIT 1",
            (point, store.scope),
        ).fetchone()
        if row is None:
            return None
        number, op, round, seen = row
        if op == "undo":  # the state after it is that of the point it went back to
            point = seen
            continue
        if round is None:
            return number - 1, None, op
        (first,) = db.execute(
            "SELECT first_operation FROM rounds WHERE id = ?", (round,)
        ).fetchone()
        return first - 1, round, op


def _last_operation(store: Store) -> int:
    row = store.file.connection.execute("SELECT coalesce(max(id), 0) FROM operations").fetchone()
    return int(row[0])


def _value(db: sqlite3.Connection, blob: int | None) -> bytes | None:
    if blob is None or blob == FOLDER:
        return None
    row = db.execute("SELECT data FROM blobs WHERE id = ?", (blob,)).fetchone()
    return bytes(row[0])
