"""Winding a store back along its history. A rewind is a new entry of it, and can be undone.

A point is the number of an operation: the state after it. Point 0 is before everything.
"""

from dataclasses import dataclass, field

from emulator.workspace.layout import FOLDER
from emulator.workspace.points import check_kept, dropped_up_to, find_point, last_operation
from emulator.workspace.recording import Operation
from emulator.workspace.store import Store

NO_VALUE = frozenset((None, FOLDER))

RESTORING = ("rewind", "undo")
"""Operations that bring back a state: ``seen`` is the point of it."""


@dataclass(frozen=True, slots=True)
class Rewound:
    """A rewind that was done."""

    operation: int
    """The entry of history that did it."""
    keys: int
    """How many of them were changed."""


@dataclass(frozen=True, slots=True)
class Undone:
    """The step that was taken back."""

    operation: int
    """The entry of history that took it back."""
    round: int | None
    op: str
    keys: int
    others: list[int] = field(default_factory=list)
    """Rounds that overlapped with it, whose changes since it began went too."""
    target: str | None = None
    """The tool or endpoint that the round was of."""


def now(store: Store) -> int:
    """The present point."""
    with store.reading():
        return last_operation(store.file.connection)


def rewind(store: Store, point: int) -> Rewound:
    """Bring back the state of a point. Raises NotThereError if history has dropped it."""
    with store.transaction():
        check_kept(store, point, f"operation {point}")
        return _rewind(store, point, str(point))


def rewind_to(store: Store, words: str) -> Rewound:
    """Bring back the state of a point as people name it. Raises NotThereError."""
    with store.transaction():
        return _rewind(store, find_point(store, words), words)


def undo(store: Store) -> Undone | None:
    """Take back the last step that changed something: a round, or one operation outside of any.

    Twice takes back two. None if there is nothing left to take back.
    """
    with store.transaction():
        step = _last_step(store)
        if step is None:
            return None
        keys = _restore(store, step.point)
        entry = store.record(Operation("undo", str(step.point), "ok", seen=step.point))
        others = _others(store, step)
        return Undone(entry, step.round, step.op, keys, others, step.target)


def state_at(store: Store, point: int) -> dict[str, int | None]:
    """Blobs at a point, of all keys that have changed since: None where there was nothing."""
    db = store.file.connection
    rows = db.execute(
        "SELECT changes.key, before FROM operations"
        " JOIN changes ON changes.operation = operations.id"
        " WHERE operations.id > ? AND scope = ? ORDER BY operations.id",
        (point, store.scope),
    ).fetchall()
    # Before everything there was nothing, also of keys whose first changes have been dropped.
    state: dict[str, int | None] = {}
    if point == 0:
        state = {entry.key: None for entry in store.starting_with("")}
    for key, before in rows:
        state.setdefault(key, None if point == 0 else before)
    return state


def _rewind(store: Store, point: int, words: str) -> Rewound:
    keys = _restore(store, point)
    return Rewound(store.record(Operation("rewind", words, "ok", seen=point)), keys)


def _restore(store: Store, point: int) -> int:
    """Put back what stood at a point, inside a transaction. Gives how many values it changed."""
    changed = 0
    for key, blob in state_at(store, point).items():
        entry = store.find(key)
        if (entry.blob if entry else None) != blob:
            store.restore(key, blob)
            changed += blob not in NO_VALUE or (entry is not None and not entry.is_folder)
    store.allocate(_allocated_at(store, point))
    return changed


def _allocated_at(store: Store, point: int) -> int | None:
    db = store.file.connection
    row = db.execute(
        "SELECT allocated FROM snapshots WHERE scope = ? AND point = ?", (store.scope, point)
    ).fetchone()
    row = (
        row
        or db.execute(
            "SELECT allocated FROM operations WHERE id <= ? AND scope = ? ORDER BY id DESC LIMIT 1",
            (point, store.scope),
        ).fetchone()
    )
    return row[0] if row and point else None


@dataclass(frozen=True, slots=True)
class _Step:
    """A step that still stands: what it was, the point before it and the point after it."""

    point: int
    end: int
    round: int | None
    op: str
    target: str | None


# The last operation that an undo meets: one that changed values, or only Dify's count of the bytes
# (as a rewind may). A round is taken back from its first operation on; that of a round which the
# limit of history dropped while it ran is not known any more.
_LAST_STEP = """
    SELECT this.id, op, this.round, seen,
        CASE WHEN this.round IS NULL THEN this.id ELSE coalesce(first_operation, 0) END, target
    FROM operations AS this LEFT JOIN rounds ON rounds.id = this.round
    WHERE this.id <= ? AND this.id > ? AND this.scope = ? AND (
        op = 'undo'
        OR EXISTS (SELECT 1 FROM changes WHERE operation = this.id)
        OR allocated IS NOT (
            SELECT allocated FROM operations AS earlier
            WHERE earlier.id < this.id AND earlier.scope = this.scope ORDER BY id DESC LIMIT 1
        )
    )
    ORDER BY this.id DESC LIMIT 1
"""


def _last_step(store: Store) -> _Step | None:
    db = store.file.connection
    earliest = dropped_up_to(db)
    end = last_operation(db)
    while True:
        row = db.execute(_LAST_STEP, (end, earliest, store.scope)).fetchone()
        if row is None:
            return None
        number, op, round, seen, first, target = row
        if op == "undo":  # the state after it is that of the point it went back to
            end = seen
            continue
        point = first - 1
        return None if point < earliest else _Step(point, number, round, op, target)


def _others(store: Store, step: _Step) -> list[int]:
    rows = store.file.connection.execute(
        "SELECT DISTINCT round FROM operations WHERE id > ? AND id <= ? AND scope = ?"
        " AND round != ? AND EXISTS (SELECT 1 FROM changes WHERE operation = operations.id)",
        (step.point, step.end, store.scope, step.round),
    )
    return sorted(number for (number,) in rows)
