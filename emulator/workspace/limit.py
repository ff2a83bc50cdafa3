"""The limit of history: what is older is dropped, but never what a snapshot names.

Dropping is one transaction that moves a line: nothing at or below it is looked at any more. What
lies below is then cleared away in slices that hold the write lock for some milliseconds each, so
that calls hardly notice. A clearing that was killed is gone on with the next time.

A change is kept below the line if a snapshot needs it: if it is the first of its key after the
snapshot's point. It holds what stood there at that point.
"""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from emulator.workspace.state_file import StateFile

_SLICE = 500
"""Operations, or values, in one transaction."""
_BUSY_SECONDS = 3600
"""How long a round without an end may still be running."""
_ROW_BYTES = 150
"""What an operation takes beside its values, about."""


@dataclass(frozen=True, slots=True)
class HistoryLimit:
    """How much history a state file keeps."""

    rounds: int = 10_000
    bytes: int = 1024 * 1024 * 1024
    """Of the whole file. Present values are kept, however large they are."""


def keep_within(path: Path, limit: HistoryLimit) -> bool:
    """Drop the oldest history of a state file if it is over its limit; says whether there was any.

    Opens the file for itself, so that nobody else waits for it. Raises StateFileError.
    """
    with contextlib.closing(StateFile(path)) as file:
        with file.reading() as db:
            line = _line(db, limit) if _is_over(db, limit) else None
            cleared = db.execute("SELECT cleared = operation FROM dropped").fetchone()[0]
        if line is not None:
            with file.transaction() as db:
                db.execute(
                    "UPDATE dropped SET operation = ?, round = ?"
                    " WHERE operation <= ? AND round <= ?",
                    (*line, *line),
                )
        if line is not None or not cleared:
            _clear(file)
        return line is not None


def _is_over(db: sqlite3.Connection, limit: HistoryLimit) -> bool:
    """Cheap, for it is asked after each round."""
    return _rounds(db) > limit.rounds + limit.rounds // 10 or _used(db) > limit.bytes


def _rounds(db: sqlite3.Connection) -> int:
    (count,) = db.execute(
        "SELECT coalesce(max(id), 0) - (SELECT round FROM dropped) FROM rounds"
    ).fetchone()
    return int(count)


def _used(db: sqlite3.Connection) -> int:
    pages, free, size = (
        db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def _line(db: sqlite3.Connection, limit: HistoryLimit) -> tuple[int, int] | None:
    """The last operation and the last round to drop; None if nothing can be."""
    (last,) = db.execute("SELECT coalesce(max(id), 0) FROM rounds").fetchone()
    by_count = last - limit.rounds
    excess = _used(db) - limit.bytes
    # A tenth more than needed, so that not every round has to drop the one before it.
    by_size = _rounds_of(db, excess + limit.bytes // 10) if excess > 0 else 0
    round = min(max(by_count, by_size), _last_idle(db), last - 1)
    if not db.execute("SELECT round < ? FROM dropped", (round,)).fetchone()[0]:
        return None
    (first_kept,) = db.execute(
        "SELECT min(first_operation) FROM rounds WHERE id > ?", (round,)
    ).fetchone()
    return first_kept - 1, round


def _rounds_of(db: sqlite3.Connection, size: int) -> int:
    """The round with which the oldest history comes to about so many bytes."""
    rows = db.execute(
        "SELECT rounds.id, length(inputs) + coalesce(length(messages) + length(logs), 0),"
        " (SELECT coalesce(sum(blobs.size + ?), 0) FROM changes"
        "  LEFT JOIN blobs ON blobs.id = before WHERE changes.operation >= first_operation"
        "  AND changes.operation <= coalesce(last_operation, first_operation))"
        " FROM rounds WHERE rounds.id > (SELECT round FROM dropped) ORDER BY rounds.id",
        (_ROW_BYTES,),
    )
    freed = last = 0
    for number, told, stored in rows:
        freed, last = freed + told + stored, number
        if freed >= size:
            break
    return last


def _last_idle(db: sqlite3.Connection) -> int:
    """The last round before the first that may still be running."""
    since = time.time_ns() // 1000 - _BUSY_SECONDS * 1_000_000
    (number,) = db.execute(
        "SELECT coalesce((SELECT min(id) FROM rounds WHERE status IS NULL AND started_at > ?),"
        " (SELECT max(id) + 1 FROM rounds), 1) - 1",
        (since,),
    ).fetchone()
    return int(number)


def _clear(file: StateFile) -> None:
    with file.reading() as db:
        line, last_round = db.execute("SELECT operation, round FROM dropped").fetchone()
    _clear_operations(file, line)
    _clear_rounds(file, last_round)
    _clear_blobs(file)
    with file.transaction() as db:
        db.execute("UPDATE dropped SET cleared = ? WHERE operation = ?", (line, line))


def _clear_operations(file: StateFile, line: int) -> None:
    with file.reading() as db:
        numbers = [n for (n,) in db.execute("SELECT id FROM operations WHERE id <= ?", (line,))]
        # Who wrote what is there stays on record. What is replaced meanwhile stays once more.
        writers = {n for (n,) in db.execute("SELECT operation FROM entries")}
        # So does how much Dify had counted at the line.
        writers |= {
            n
            for (n,) in db.execute(
                "SELECT max(id) FROM operations WHERE id <= ? GROUP BY scope", (line,)
            )
        }
    for slice in _slices(numbers):
        with file.transaction() as db:
            db.execute(
                "DELETE FROM changes WHERE operation >= ? AND operation <= ?"
                " AND NOT EXISTS (SELECT 1 FROM snapshots JOIN operations ON"
                "  operations.id = changes.operation AND operations.scope = snapshots.scope"
                "  WHERE point >= coalesce(previous, 0) AND point < changes.operation)",
                (slice[0], slice[-1]),
            )
            db.executemany(
                "DELETE FROM operations WHERE id = ?"
                " AND NOT EXISTS (SELECT 1 FROM changes WHERE operation = operations.id)",
                [(number,) for number in slice if number not in writers],
            )


def _clear_rounds(file: StateFile, last: int) -> None:
    with file.reading() as db:
        numbers = [n for (n,) in db.execute("SELECT id FROM rounds WHERE id <= ?", (last,))]
        writers = {n for (n,) in db.execute("SELECT DISTINCT round FROM operations")}
    for slice in _slices(numbers):
        with file.transaction() as db:
            db.executemany("DELETE FROM round_files WHERE round = ?", [(n,) for n in slice])
            db.executemany(
                "DELETE FROM rounds WHERE id = ?", [(n,) for n in slice if n not in writers]
            )
            # Of the others stays who it was.
            db.executemany(
                "UPDATE rounds SET inputs = '{}', messages = NULL, error = NULL, notes = NULL,"
                " logs = NULL WHERE id = ? AND inputs != '{}'",
                [(n,) for n in slice if n in writers],
            )


def _clear_blobs(file: StateFile) -> None:
    with file.reading() as db:
        (marked,) = db.execute("SELECT coalesce(max(id), 0) FROM operations").fetchone()
        unused = db.execute(
            "SELECT id FROM blobs WHERE id NOT IN (SELECT blob FROM entries"
            " UNION SELECT before FROM changes WHERE before IS NOT NULL"
            " UNION SELECT after FROM changes WHERE after IS NOT NULL"
            " UNION SELECT blob FROM round_files UNION SELECT 0)"
        ).fetchall()
    for slice in _slices([number for (number,) in unused]):
        with file.transaction() as db:
            # A value of old may have been stored again since: it is kept once.
            used = {
                blob
                for row in db.execute(
                    "SELECT before, after FROM changes WHERE operation > ?", (marked,)
                )
                for blob in row
            }
            used |= {blob for (blob,) in db.execute("SELECT blob FROM round_files")}
            db.executemany("DELETE FROM blobs WHERE id = ?", [(n,) for n in slice if n not in used])


def _slices(numbers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), _SLICE):
        yield numbers[start : start + _SLICE]
