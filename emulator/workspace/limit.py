"""The limit of history: what is older is dropped, but never what a snapshot names.

Dropping is one transaction that moves a line: nothing at or below it is looked at any more. What
lies below is then cleared away.
"""

import contextlib
import fcntl
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from emulator.workspace.clearing import Rest, clear
from emulator.workspace.state_file import StateFile, refusing

_ROW_BYTES = 80
"""What an operation, or a value, takes beside its bytes, about."""
_BUSY_SECONDS = 3600
"""How long a round without an end may still be running."""
_FRESH_SECONDS = 2
"""How long whoever made a round may still ask for it when it has ended."""


@dataclass(frozen=True, slots=True)
class HistoryLimit:
    """How much history a state file keeps, give or take a tenth."""

    rounds: int = 10_000
    bytes: int = 1024 * 1024 * 1024
    """Of the file, beside present values and what snapshots name."""


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def keep_within(file: StateFile, limit: HistoryLimit, rest: Rest = _sleep) -> None:
    """Drop the oldest history of a state file if it is over its limit.

    For outside the path of a call. That there is nothing to do is known in well below a
    millisecond. Where another process is at it already, it is left to that; where ``rest`` says
    to stop, to whoever comes next. Raises StateFileError.
    """
    with file.reading() as db:
        if not (_is_uncleared(db) or _has_many_rounds(db, limit) or _is_heavy(db, limit)):
            return
    with _alone(file.path) as is_alone:
        if is_alone:
            _drop(file, limit, rest)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[bool]:
    with refusing(path):
        lock = path.with_name("clearing.lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _drop(file: StateFile, limit: HistoryLimit, rest: Rest) -> None:
    with file.reading() as db:
        line, is_heavy = _line(db, limit), _is_heavy(db, limit)
    if line is not None:
        with file.transaction() as db:
            db.execute("UPDATE dropped SET operation = ?, round = ?, causes = causes + 1", line)
    with file.reading() as db:
        is_uncleared = _is_uncleared(db)
    if is_uncleared:
        clear(file, rest)
    if is_uncleared or is_heavy:
        with file.reading() as db:
            # What is over the limit, and cannot be dropped, is no cause to look again each time.
            needed = _used(db) - min(_weight(db), limit.bytes - limit.bytes // 10)
        with file.transaction() as db:
            db.execute("UPDATE dropped SET needed = ?", (needed,))


def _is_uncleared(db: sqlite3.Connection) -> bool:
    (is_uncleared,) = db.execute("SELECT cleared < causes FROM dropped").fetchone()
    return bool(is_uncleared)


def _has_many_rounds(db: sqlite3.Connection, limit: HistoryLimit) -> bool:
    """A tenth more than the limit, so that not every round has to drop the one before it."""
    (kept,) = db.execute(
        "SELECT coalesce(max(id), 0) - (SELECT round FROM dropped) FROM rounds"
    ).fetchone()
    return bool(kept > limit.rounds + limit.rounds // 10)


def _is_heavy(db: sqlite3.Connection, limit: HistoryLimit) -> bool:
    """Whether history may have too many bytes: by what was not history when it was last weighed."""
    (needed,) = db.execute("SELECT needed FROM dropped").fetchone()
    return _used(db) - int(needed) > limit.bytes


def _used(db: sqlite3.Connection) -> int:
    """Bytes of the file, without pages that are free to be used again."""
    pages, free, size = (
        db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def _weight(db: sqlite3.Connection) -> int:
    """Bytes of history: what is not needed for present values and snapshots."""
    (needed,) = db.execute(
        "SELECT coalesce(sum(size + ?), 0) FROM blobs WHERE id IN (SELECT blob FROM entries UNION"
        " SELECT before FROM changes WHERE operation <= (SELECT operation FROM dropped))",
        (_ROW_BYTES,),
    ).fetchone()
    return _used(db) - int(needed)


def _line(db: sqlite3.Connection, limit: HistoryLimit) -> tuple[int, int] | None:
    """The last operation and the last round to drop; None if there is nothing more to drop."""
    (last,) = db.execute("SELECT coalesce(max(id), 0) FROM rounds").fetchone()
    excess = _weight(db) - limit.bytes if _is_heavy(db, limit) else 0
    by_size = _rounds_of(db, excess + limit.bytes // 10) if excess > 0 else 0
    round = _last_settled(db, min(max(last - limit.rounds, by_size), last - 1))
    row = db.execute(
        "SELECT first_operation - 1, :round FROM rounds"
        " WHERE id > :round AND :round > (SELECT round FROM dropped) ORDER BY id LIMIT 1",
        {"round": round},
    ).fetchone()
    return row and tuple(row)


def _rounds_of(db: sqlite3.Connection, size: int) -> int:
    """The round with which the oldest history comes to about so many bytes."""
    rows = db.execute(
        "SELECT id, length(inputs) + coalesce(length(messages) + length(logs), 0)"
        "  + (SELECT coalesce(sum(coalesce(size, 0) + ?), 0) FROM operations"
        "   LEFT JOIN changes ON changes.operation = operations.id"
        "   LEFT JOIN blobs ON blobs.id = before"
        "   WHERE operations.id >= this.first_operation AND operations.id <"
        "    (SELECT first_operation FROM rounds WHERE id > this.id ORDER BY id LIMIT 1))"
        " FROM rounds AS this WHERE id > (SELECT round FROM dropped) ORDER BY id",
        (_ROW_BYTES,),
    )
    freed = last = 0
    for number, weight in rows:
        freed, last = freed + weight, number
        if freed >= size:
            break
    return last


def _last_settled(db: sqlite3.Connection, round: int) -> int:
    """The last round, at most this one, before the first that somebody may still be busy with."""
    now = time.time_ns() // 1000
    (first_busy,) = db.execute(
        "SELECT min(id) FROM rounds WHERE id > (SELECT round FROM dropped) AND id <= ?"
        " AND (status IS NULL AND started_at > ? OR started_at + duration_us > ?)",
        (round, now - _BUSY_SECONDS * 1_000_000, now - _FRESH_SECONDS * 1_000_000),
    ).fetchone()
    return round if first_busy is None else first_busy - 1
