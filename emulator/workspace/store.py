"""One workspace's storage of one plugin: entries, and the history of what was done to them.

A store is a tree as a file system has it: an entry is a value or a folder. It has no opinion on
keys, sizes or order of checks; :mod:`emulator.dify.storage` has.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from emulator.workspace.blobs import keep_blob, read_blob
from emulator.workspace.layout import FOLDER
from emulator.workspace.recording import Change, Operation, Recorder
from emulator.workspace.state_file import StateFile


class Entry(NamedTuple):
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


class Store:
    """Entries of one scope. Reading and changing happen inside :meth:`transaction`."""

    def __init__(self, file: StateFile, workspace: str, plugin: str) -> None:
        self.file = file
        self.workspace = workspace
        self.plugin = plugin
        self._db = file.connection
        self._number = 0  # of the operation in the making; 0 outside of transactions
        self._changes: dict[str, Change] = {}
        self._allocated: int | None = None
        # What this transaction has looked up: the rules ask for the same key again and again.
        self._known: dict[str, Entry | None] = {}
        self.scope = self._find_scope()
        self._recorder = Recorder(self.scope)

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

    def transaction(self) -> "_StoreTransaction":
        """One operation with its history: all of it is kept, or none."""
        return _StoreTransaction(self)

    def begin(self, db: sqlite3.Connection) -> None:
        """Called when a transaction has begun."""
        self._changes.clear()
        self._known.clear()
        self._number, self._allocated = self._recorder.begin(db)

    def end(self, *, committed: bool) -> None:
        """Called when a transaction is over."""
        self._number = 0
        if committed:
            self._recorder.committed()
        else:
            self._recorder.rolled_back()

    @property
    def has_unrecorded_changes(self) -> bool:
        return bool(self._changes)

    def reading(self) -> "_StoreReading":
        """One view of the entries, whatever others write meanwhile."""
        return _StoreReading(self)

    def forget(self) -> None:
        """Called when a view begins: what was looked up before may have changed."""
        self._known.clear()

    # -- reading

    def find(self, key: str) -> Entry | None:
        """What stands under a key, inside :meth:`transaction` or :meth:`reading`."""
        if key in self._known:
            return self._known[key]
        row = self._db.execute(
            "SELECT blob, size, operation FROM entries JOIN blobs ON blobs.id = blob"
            " WHERE scope = ? AND key = ?",
            (self.scope, key),
        ).fetchone()
        entry = self._known[key] = Entry(key, *row) if row else None
        return entry

    def read(self, entry: Entry) -> bytes:
        return read_blob(self._db, entry.blob)

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
            (self.scope, *range_of(prefix)),
        )
        return [Entry(*row) for row in rows]

    def values(self, prefix: str = "") -> Iterator[StoredValue]:
        """All values whose key begins with ``prefix``, without folders, ordered by key."""
        rows = self._db.execute(
            "SELECT entries.key, size, at, round FROM entries JOIN blobs ON blobs.id = blob"
            " LEFT JOIN operations ON operations.id = operation"
            " WHERE entries.scope = ? AND entries.key >= ? AND entries.key < ? AND blob != ?"
            " ORDER BY entries.key",
            (self.scope, *range_of(prefix), FOLDER),
        )
        for row in rows:
            yield StoredValue(*row)

    @property
    def allocated(self) -> int | None:
        """Dify's count of the bytes used; None as long as Dify has not begun to count."""
        if self._number:  # inside a transaction
            return self._allocated
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
        """Whether nothing has ever been stored here."""
        row = self._db.execute(
            "SELECT allocated IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM entries WHERE scope = scopes.id)"
            " AND NOT EXISTS (SELECT 1 FROM removed WHERE scope = scopes.id)"
            " FROM scopes WHERE id = ?",
            (self.scope,),
        ).fetchone()
        return bool(row[0])

    # -- changing

    def put(self, key: str, value: bytes) -> None:
        self._replace(key, Entry(key, keep_blob(self._db, value), len(value), self._number))

    def make_folder(self, key: str) -> None:
        self._replace(key, Entry(key, FOLDER, 0, self._number))

    def restore(self, key: str, blob: int | None) -> None:
        """Put back what once stood under a key: a blob by its number, or nothing."""
        if blob is None:
            self._replace(key, None)
            return
        row = self._db.execute("SELECT size FROM blobs WHERE id = ?", (blob,)).fetchone()
        self._replace(key, Entry(key, blob, row[0], self._number))

    def remove(self, key: str) -> None:
        self._replace(key, None)

    def allocate(self, size: int | None) -> None:
        if size != self._allocated:
            self._db.execute("UPDATE scopes SET allocated = ? WHERE id = ?", (size, self.scope))
            self._allocated = size

    def record(self, operation: Operation) -> int:
        """Write the operation and what it changed into history; gives its number."""
        self._recorder.write(self._db, self._number, operation, self._changes, self._allocated)
        self._changes.clear()
        return self._number

    def record_read(self, operation: Operation, path: str) -> None:
        """Note a read of the value at ``path``. It is written with the next change, or flushed."""
        with self.file.lock:
            is_time = self._recorder.defer(operation, path)
        if is_time:
            self.flush()

    def flush(self) -> None:
        """Write the reads that wait to be written."""
        if self._recorder.is_waiting:
            with self.transaction():
                pass

    def _replace(self, key: str, entry: Entry | None) -> None:
        before = self.find(key)
        removed_by = None if before else self._removed_by(key)
        after = entry.blob if entry else None
        if key in self._changes:
            self._changes[key].after = after
        elif before is None:
            self._changes[key] = Change(None, after, removed_by)
        else:
            self._changes[key] = Change(before.blob, after, before.operation)
        where = (self.scope, key)
        if entry is None:
            self._db.execute("DELETE FROM entries WHERE scope = ? AND key = ?", where)
            self._db.execute(
                "INSERT OR REPLACE INTO removed VALUES (?, ?, ?)", (*where, self._number)
            )
        elif before is None:
            if removed_by is not None:
                self._db.execute("DELETE FROM removed WHERE scope = ? AND key = ?", where)
            self._db.execute(
                "INSERT INTO entries (scope, key, blob, operation) VALUES (?, ?, ?, ?)",
                (*where, entry.blob, self._number),
            )
        else:
            self._db.execute(
                "UPDATE entries SET blob = ?, operation = ? WHERE scope = ? AND key = ?",
                (entry.blob, self._number, *where),
            )
        self._known[key] = entry

    def _removed_by(self, key: str) -> int | None:
        row = self._db.execute(
            "SELECT operation FROM removed WHERE scope = ? AND key = ?", (self.scope, key)
        ).fetchone()
        return row[0] if row else None


class _StoreTransaction:
    """A transaction of the file that forgets, when it begins, what the last one looked up."""

    __slots__ = ("_store", "_transaction")

    def __init__(self, store: Store) -> None:
        self._store = store
        self._transaction = store.file.transaction()

    def __enter__(self) -> None:
        db = self._transaction.__enter__()
        try:
            self._store.begin(db)
        except BaseException as error:
            self._end(type(error), error, None)
            raise

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        bug = None
        if error is None and self._store.has_unrecorded_changes:
            error = bug = AssertionError("changes without an operation: record() was not called")
        self._end(kind, error, traceback)
        if bug is not None:
            raise bug

    def _end(self, kind: object, error: BaseException | None, traceback: object) -> None:
        with self._store.file.lock:  # nobody's transaction comes in between
            committed = False
            try:
                self._transaction.__exit__(kind, error, traceback)
                committed = error is None
            finally:
                self._store.end(committed=committed)


class _StoreReading:
    """A view of the file that forgets, when it begins, what was looked up before."""

    __slots__ = ("_store",)

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> None:
        self._store.file.begin_reading()
        self._store.forget()

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        self._store.file.end_reading(error)


def range_of(prefix: str) -> tuple[str, str]:
    """The half-open range of keys that begin with ``prefix``, in SQLite's order of code points."""
    for end in range(len(prefix), 0, -1):
        following = ord(prefix[end - 1]) + 1
        if following == 0xD800:  # surrogates are not text
            following = 0xE000
        if following <= 0x10FFFF:
            return prefix, prefix[: end - 1] + chr(following)
    return prefix, "\U0010ffff" * 300  # longer than any key
