"""Writing operations into history.

An operation that changes something is written in the transaction that changes it. Reads wait in
memory and are written with the next change, or when their round ends: a transaction for each would
cost six times as much as the read.
"""

import sqlite3
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_MOST_WAITING = 1000
_MOST_KNOWN = 100_000
"""Keys of which is remembered that their being read is on record."""

_INSERT = (
    "INSERT INTO operations (id, scope, round, op, key, outcome, message, size_before, size_after,"
    " seen, place, at, allocated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(slots=True)
class Operation:
    """One storage call, as history keeps it."""

    op: str
    key: str
    outcome: str
    message: str = ""
    size_before: int | None = None
    size_after: int | None = None
    seen: int | None = None
    """The operation that had written what this one found."""
    round: int | None = None
    place: str | None = None
    """Where the plugin's code made the call: file:line, and after ``<`` its callers."""
    number: int | None = None
    """In history, once it is written."""


@dataclass(slots=True)
class Change:
    """What an operation did to one key: blobs, None where there was or is nothing."""

    before: int | None
    after: int | None
    previous: int | None


@dataclass(frozen=True, slots=True)
class _Read:
    operation: Operation
    path: str
    """The key in its clean form."""
    at: int


class Recorder:
    """The operations of one scope. Called inside transactions, but for :meth:`defer`."""

    def __init__(self, scope: int) -> None:
        self._scope = scope
        self._waiting: list[_Read] = []
        self._places: dict[str, int] = {}
        self._known_reads: set[str] = set()
        # What the present transaction writes, and what is to be remembered if it succeeds.
        self._writing: list[_Read] = []
        self._new_places: dict[str, int] = {}

    def begin(self, db: sqlite3.Connection) -> tuple[int, int | None]:
        """The number of the operation in the making, after those that wait, and Dify's count."""
        number, allocated = db.execute(
            "SELECT (SELECT coalesce(max(id), 0) + 1 FROM operations), allocated"
            " FROM scopes WHERE id = ?",
            (self._scope,),
        ).fetchone()
        if self._waiting:
            number = self._write_waiting(db, number, allocated)
        return number, allocated

    def committed(self) -> None:
        """The transaction has succeeded."""
        if self._writing:
            if len(self._known_reads) < _MOST_KNOWN:
                self._known_reads.update(_found(self._writing))
            self._writing = []
        if self._new_places:
            self._places |= self._new_places
            self._new_places = {}

    def rolled_back(self) -> None:
        """The transaction has failed: what waited waits on."""
        self._waiting = self._writing + self._waiting
        self._writing, self._new_places = [], {}

    def defer(self, operation: Operation, path: str) -> bool:
        """Keep a read for later; says whether it is time to write what waits."""
        self._waiting.append(_Read(operation, path, time.time_ns() // 1000))
        return len(self._waiting) >= _MOST_WAITING

    @property
    def is_waiting(self) -> bool:
        return bool(self._waiting)

    def write(
        self,
        db: sqlite3.Connection,
        number: int,
        operation: Operation,
        changes: Mapping[str, Change],
        allocated: int | None,
    ) -> None:
        """Write an operation, and what it changed."""
        operation.number = number
        db.execute(_INSERT, self._row(db, operation, time.time_ns() // 1000, allocated))
        for key, change in changes.items():
            db.execute(
                "INSERT INTO changes (operation, key, before, after, previous)"
                " VALUES (?, ?, ?, ?, ?)",
                (number, key, change.before, change.after, change.previous),
            )

    def _write_waiting(self, db: sqlite3.Connection, number: int, allocated: int | None) -> int:
        self._writing, self._waiting = self._waiting, []
        for read in self._writing:
            read.operation.number = number
            number += 1
        db.executemany(
            _INSERT,
            [self._row(db, read.operation, read.at, allocated) for read in self._writing],
        )
        if new := _found(self._writing) - self._known_reads:
            db.executemany(
                "INSERT OR IGNORE INTO reads VALUES (?, ?)", [(self._scope, key) for key in new]
            )
        return number

    def _row(
        self, db: sqlite3.Connection, operation: Operation, at: int, allocated: int | None
    ) -> tuple[object, ...]:
        return (
            operation.number,
            self._scope,
            operation.round,
            operation.op,
            operation.key,
            operation.outcome,
            operation.message or None,
            operation.size_before,
            operation.size_after,
            operation.seen,
            None if operation.place is None else self._place(db, operation.place),
            at,
            allocated,
        )

    def _place(self, db: sqlite3.Connection, text: str) -> int:
        number = self._places.get(text) or self._new_places.get(text)
        if number is None:
            db.execute("INSERT OR IGNORE INTO places (text) VALUES (?)", (text,))
            (number,) = db.execute("SELECT id FROM places WHERE text = ?", (text,)).fetchone()
            self._new_places[text] = number
        return number


def _found(reads: Iterable[_Read]) -> set[str]:
    """The keys that were there to be read."""
    return {read.path for read in reads if read.operation.outcome == "ok"}
