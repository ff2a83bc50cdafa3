"""A long history, made in seconds: the rows that rounds would have written, in bulk.

Through storage, a million operations take a minute. :func:`check` compares a shorter history that
is made here with one that rounds have written: but for the times, they have the same rows.
"""

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.stores import PLACE, bare_sqlite, begin_round
from emulator.dify.production import LOAD_FAILED
from emulator.dify.storage import Storage
from emulator.workspace.layout import FOLDER
from emulator.workspace.rounds import RoundBook, RoundResult
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store

OPERATIONS = 1_000_000
IN_ROUND = 10
VERSIONS = {"often": 1000, "rarely": 10}
"""Keys with so many versions, spread over the whole history. The others have 50 each."""

_SAMPLE = 4_000
_BYTES = 100
_PLUGIN = "dify-emulator/memory"
_MESSAGES = [{"type": "text", "message": {"text": "I will remember colour."}}]
_BEGUN = 1_790_000_000_000_000
_SLICE = 50_000
_CLOCKS = ("at", "started_at", "duration_us")
_TABLES = ("scopes", "entries", "removed", "reads", "blobs", "places", "operations", "changes",
           "rounds", "round_files", "snapshots", "dropped")  # fmt: skip


def open_store(path: Path) -> Store:
    """The store whose history it is."""
    return Store(StateFile(path), "default", _PLUGIN)


def write_history(path: Path, operations: int) -> None:
    """Make a state file with this history."""
    store = open_store(path)
    with closing(store.file) as file:
        history = _History(store.scope)
        pairs = _pairs(operations)
        while slice := list(itertools.islice(pairs, _SLICE)):
            with file.transaction() as db:
                history.write(db, slice)
        with file.transaction() as db:
            history.finish(db)
        _write_rounds(store, operations)


def write_bare(path: Path, operations: int) -> None:
    """The same operations in one table of SQLite, with an index that leads from a key to them."""
    with closing(bare_sqlite(path)) as db:
        _write_bare(db, operations)


def _write_bare(db: sqlite3.Connection, operations: int) -> None:
    db.execute(
        "CREATE TABLE history (id INTEGER PRIMARY KEY, key TEXT, op TEXT, round INTEGER,"
        " at INTEGER, size INTEGER, value BLOB)"
    )
    db.execute("CREATE INDEX history_key ON history (key, id)")
    db.execute("BEGIN")
    for pair, key, value in _pairs(operations):
        number = 2 * pair + 1
        round = _round_of(number)
        db.executemany(
            "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (number, key, "get", round, _at(number), _BYTES, None),
                (number + 1, key, "set", round, _at(number + 1), _BYTES, value),
            ],
        )
    db.execute("COMMIT")


def check(folder: Path) -> None:
    """Raises AssertionError if rounds write something else."""
    bulk, real = folder / "bulk" / "state.db", folder / "real" / "state.db"
    write_history(bulk, _SAMPLE)
    _really(real, _SAMPLE)
    for table in _TABLES:
        assert _rows(bulk, table) == _rows(real, table), f"rounds write other {table}"


def _pairs(operations: int) -> Iterator[tuple[int, str, bytes]]:
    """A read and a write of one key, and then of another: a number, the key, the new value."""
    pairs = operations // 2
    for pair in range(pairs):
        if pair % (pairs // VERSIONS["rarely"]) == 0:
            key = "rarely"
        elif pair % (pairs // VERSIONS["often"]) == 1:
            key = "often"
        else:
            key = f"key{pair % (pairs // 50):05d}"
        yield pair, key, b"%0*d" % (_BYTES, pair)


def _round_of(operation: int) -> int:
    return (operation - 1) // IN_ROUND + 1


def _at(operation: int) -> int:
    return _BEGUN + operation * 1000


@dataclass
class _History:
    """What has been written so far, and is needed for what comes."""

    scope: int
    allocated: int | None = None
    last: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Operation and blob of each key."""
    read: set[str] = field(default_factory=set)

    def write(self, db: sqlite3.Connection, pairs: list[tuple[int, str, bytes]]) -> None:
        operations: list[tuple[Any, ...]] = []
        changes: list[tuple[Any, ...]] = []
        blobs: list[tuple[Any, ...]] = []
        for pair, key, value in pairs:
            number, blob = 2 * pair + 1, pair + 1
            seen, before = self.last.get(key, (None, None))
            size = None if seen is None else _BYTES
            missing = ("error", LOAD_FAILED) if seen is None else ("ok", None)
            if seen is not None:
                self.read.add(key)
            operations.append(self._row(number, "get", key, *missing, size, size, seen))
            if pair == 0:
                changes.append((number + 1, "", None, FOLDER, None))
            self.allocated = (self.allocated or 0) + _BYTES - (size or 0)
            operations.append(self._row(number + 1, "set", key, "ok", None, size, _BYTES, seen))
            changes.append((number + 1, key, before, blob, seen))
            blobs.append((blob, _BYTES, value))
            self.last[key] = number + 1, blob
        db.executemany(
            "INSERT INTO operations (id, scope, round, op, key, outcome, message, size_before,"
            " size_after, seen, at, allocated, place)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
            operations,
        )
        db.executemany(
            "INSERT INTO changes (operation, key, before, after, previous) VALUES (?, ?, ?, ?, ?)",
            changes,
        )
        db.executemany("INSERT INTO blobs (id, size, data) VALUES (?, ?, ?)", blobs)

    def _row(self, number: int, *what: Any) -> tuple[Any, ...]:
        return number, self.scope, _round_of(number), *what, _at(number), self.allocated

    def finish(self, db: sqlite3.Connection) -> None:
        """Write what is there at the end, and the rounds."""
        entries = [(self.scope, key, blob, number) for key, (number, blob) in self.last.items()]
        db.executemany(
            "INSERT INTO entries (scope, key, blob, operation) VALUES (?, ?, ?, ?)",
            [(self.scope, "", FOLDER, 2), *entries],
        )
        db.executemany("INSERT INTO reads VALUES (?, ?)", [(self.scope, key) for key in self.read])
        db.execute("INSERT INTO places (id, text) VALUES (1, ?)", (PLACE,))
        db.execute("UPDATE scopes SET allocated = ?", (self.allocated,))


def _write_rounds(store: Store, operations: int) -> None:
    """One by the round book, and the others like it."""
    _finish_round(store, begin_round(store))
    with store.file.transaction() as db:
        db.row_factory = sqlite3.Row
        first = dict(db.execute("SELECT * FROM rounds").fetchone())
        db.row_factory = None
        db.execute("DELETE FROM rounds")
        db.executemany(
            f"INSERT INTO rounds ({', '.join(first)}) VALUES ({', '.join(f':{n}' for n in first)})",
            (
                {
                    **first,
                    "id": number,
                    "first_operation": (number - 1) * IN_ROUND + 1,
                    "last_operation": number * IN_ROUND,
                }
                for number in range(1, operations // IN_ROUND + 1)
            ),
        )


def _finish_round(store: Store, number: int) -> None:
    RoundBook(store.file).finish(number, RoundResult("ok", _MESSAGES), 12_000, store)


def _really(path: Path, operations: int) -> None:
    """The same history by the same means as in rounds of a plugin."""
    store = open_store(path)
    with closing(store.file):
        storage, pairs = Storage(store, None), _pairs(operations)
        while slice := list(itertools.islice(pairs, IN_ROUND // 2)):
            round = begin_round(store)
            for _, key, value in slice:
                storage.get(key, round, PLACE)
                storage.set(key, value, round, PLACE)
            _finish_round(store, round)


def _rows(path: Path, table: str) -> list[tuple[Any, ...]]:
    """All rows of a table, without what clocks have said."""
    with closing(StateFile(path)) as file, file.reading() as db:
        rows = db.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
        names = [column[0] for column in rows.description]
        return [
            tuple(value for name, value in zip(names, row, strict=True) if name not in _CLOCKS)
            for row in rows
        ]
