"""One workspace's storage of one plugin: entries, and the history of what was done to them.

A store is a tree as a file system has it: an entry is a value or a folder. It has no opinion on
keys, sizes or order of checks; :mod:`emulator.dify.storage` has.
"""

import contextlib
import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

from emulator.workspace.layout import FOLDER
from emulator.workspace.state_file import StateFile


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands under a key now."""

    key: str
    blob: int
    size: int
    operation: int
    """The operation that put it there."""

    @property
    def is_folder(self) -> bool:
        return self.blob == FOLDER


@dataclass(frozen=True, slots=True)
class StoredValue:
    """A value with its last writer, for listings."""

    key: str
    size: int
    updated_at: int
    """Microseconds since 1970, UTC."""
    round: int | None
    """None: written from the command line."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One storage call, as history keeps it."""

    op: str
    key: str
    outcome: str
    message: str = ""
    size_before: int | None = None
    size_after: int | None = None
    seen: int | None = None
    round: int | None = None


class Store:
    """Entries of one scope. Reading and changing happen inside :meth:`transaction`."""

    def __init__(self, file: StateFile, workspace: str, plugin: str) -> None:
        self.file = file
        self.workspace = workspace
        self.plugin = plugin
        self._db = file.connection
        self._number = 0  # of the operation in the making
        self._changes: list[tuple[str, int | None, int | None]] = []
        self.scope = self._find_scope()

    def _find_scope(self) -> int:
        names = (self.workspace, self.plugin)
        select = "SELECT id FROM scopes WHERE workspace = ? AND plugin = ?"
        with self.file.reading() as db:
            row = db.execute(select, names).fetchone()
        if row is None:
            with self.file.transaction() as db:
                db.execute("INSERT OR IGNORE INTO scopes (workspace, plugin) VALUES (?, ?)", names)
                row = db.execute(select, names).fetchone()
        return int(row[0])

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """One operation with its history: all of it is kept, or none."""
        with self.file.transaction() as db:
            self._changes.clear()
            (self._number,) = db.execute(
                "SELECT coalesce(max(id), 0) + 1 FROM operations"
            ).fetchone()
            yield
            if self._changes:
                raise AssertionError("changes without an operation: record() was not called")

    def reading(self) -> contextlib.AbstractContextManager[object]:
        """One view of the entries, whatever others write meanwhile."""
        return self.file.reading()

    # -- reading

    def find(self, key: str) -> Entry | None:
        row = self._db.execute(
            "SELECT blob, size, operation FROM entries JOIN blobs ON blobs.id = blob"
            " WHERE scope = ? AND key = ?",
            (self.scope, key),
        ).fetchone()
        return Entry(key, *row) if row else None

    def read(self, entry: Entry) -> bytes:
        row = self._db.execute("SELECT data FROM blobs WHERE id = ?", (entry.blob,)).fetchone()
        return bytes(row[0])

    def below(self, folder: str) -> list[Entry]:
        """All that lies below a folder, however deep; below "" lies everything but itself."""
        if folder:
            return self.starting_with(folder + "/")
        return [entry for entry in self.starting_with("") if entry.key]

    def starting_with(self, prefix: str) -> list[Entry]:
        """All entries, folders too, whose key begins with ``prefix``, ordered by key."""
        rows = self._db.execute(
            "SELECT key, blob, size, operation FROM entries JOIN blobs ON blobs.id = blob"
            " WHERE scope = ? AND key >= ? AND key < ? ORDER BY key",
            (self.scope, *_range(prefix)),
        )
        return [Entry(*row) for row in rows]

    def values(self, prefix: str = "") -> Iterator[StoredValue]:
        """All values whose key begins with ``prefix``, without folders, ordered by key."""
        rows = self._db.execute(
            "SELECT entries.key, size, at, round FROM entries JOIN blobs ON blobs.id = blob"
            " LEFT JOIN operations ON operations.id = operation"
            " WHERE entries.scope = ? AND entries.key >= ? AND entries.key < ? AND blob != ?"
            " ORDER BY entries.key",
            (self.scope, *_range(prefix), FOLDER),
        )
        for row in rows:
            yield StoredValue(*row)

    @property
    def allocated(self) -> int | None:
        """Dify's count of the bytes used; None as long as Dify has not begun to count."""
        row = self._db.execute("SELECT allocated FROM scopes WHERE id = ?", (self.scope,))
        value: int | None = row.fetchone()[0]
        return value

    @property
    def used(self) -> int:
        """Bytes that the values really take."""
        row = self._db.execute(
            "SELECT coalesce(sum(size), 0) FROM entries JOIN blobs ON blobs.id = blob"
            " WHERE scope = ?",
            (self.scope,),
        )
        return int(row.fetchone()[0])

    @property
    def untouched(self) -> bool:
        """Whether nothing has ever been done here."""
        row = self._db.execute("SELECT 1 FROM operations WHERE scope = ? LIMIT 1", (self.scope,))
        return row.fetchone() is None

    # -- changing

    def put(self, key: str, value: bytes) -> None:
        self._replace(key, self._blob(value))

    def make_folder(self, key: str) -> None:
        self._replace(key, FOLDER)

    def remove(self, key: str) -> None:
        self._replace(key, None)

    def allocate(self, size: int | None) -> None:
        self._db.execute("UPDATE scopes SET allocated = ? WHERE id = ?", (size, self.scope))

    def record(self, operation: Operation) -> int:
        """Write the operation and what it changed into history; gives its number."""
        self._db.execute(
            "INSERT INTO operations (id, scope, round, op, key, outcome, message, size_before,"
            " size_after, seen, at, allocated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            " (SELECT allocated FROM scopes WHERE id = ?))",
            (
                self._number,
                self.scope,
                operation.round,
                operation.op,
                operation.key,
                operation.outcome,
                operation.message or None,
                operation.size_before,
                operation.size_after,
                operation.seen,
                time.time_ns() // 1000,
                self.scope,
            ),
        )
        self._db.executemany(
            "INSERT INTO changes (operation, scope, key, before, after) VALUES (?, ?, ?, ?, ?)",
            [(self._number, self.scope, *change) for change in self._changes],
        )
        self._changes.clear()
        return self._number

    def _replace(self, key: str, blob: int | None) -> None:
        row = self._db.execute(
            "SELECT blob FROM entries WHERE scope = ? AND key = ?", (self.scope, key)
        ).fetchone()
        before = row[0] if row else None
        if blob is None:
            self._db.execute("DELETE FROM entries WHERE scope = ? AND key = ?", (self.scope, key))
        else:
            self._db.execute(
                "INSERT INTO entries (scope, key, blob, operation) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET blob = excluded.blob, operation = excluded.operation",
                (self.scope, key, blob, self._number),
            )
        self._changes.append((key, before, blob))

    def _blob(self, value: bytes) -> int:
        digest = hashlib.blake2b(value, digest_size=32).digest()
        row = self._db.execute("SELECT id FROM blobs WHERE digest = ?", (digest,)).fetchone()
        if row:
            return int(row[0])
        number = self._db.execute(
            "INSERT INTO blobs (digest, size, data) VALUES (?, ?, ?)", (digest, len(value), value)
        ).lastrowid
        assert number is not None
        return number


def _range(prefix: str) -> tuple[str, str]:
    """The half-open range of keys that begin with ``prefix``, in SQLite's order of code points."""
    for end in range(len(prefix), 0, -1):
        following = ord(prefix[end - 1]) + 1
        if following == 0xD800:  # surrogates are not text
            following = 0xE000
        if following <= 0x10FFFF:
            return prefix, prefix[: end - 1] + chr(following)
    return prefix, "\U0010ffff" * 300  # longer than any key
