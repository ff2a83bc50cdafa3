"""Stores of keys and values, with the same durability: ours, bare SQLite, and the peers.

Each keeps its file in WAL mode with ``synchronous = NORMAL`` and a log that is written back every
4,000 pages, and keeps bytes as they are, without pickling. Every call is a transaction of its own.
"""

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from emulator.dify.storage import Storage
from emulator.workspace.recording import Change, Operation, Recorder
from emulator.workspace.rounds import RoundBook, RoundResult, RoundStart
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store

PLACE = "memory_store.py:31 < tools/remember.py:14"
"""Where calls come from in the plugin's code."""

_UPSERT = "INSERT INTO entries VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
_CHECKPOINT_PAGES = 4000
_PRAGMAS = {
    "synchronous": "NORMAL",
    "cache_size": -16_000,  # KiB
    "wal_autocheckpoint": _CHECKPOINT_PAGES,
}
"""Those of the state file."""


class KeyValues(Protocol):
    """Operations, each a transaction of its own."""

    def set(self, key: str, value: bytes) -> None: ...

    def get(self, key: str) -> bytes: ...

    def exist(self, key: str) -> bool: ...

    def delete(self, key: str) -> None: ...

    def end_round(self) -> None:
        """What happens at the end of a round, beside writing the round itself."""

    def close(self) -> None: ...


class Peer(KeyValues, Protocol):
    """A store that keeps no history: what is to be put back must be at hand."""

    file: Path
    """Where SQLite keeps it."""

    def change_all(self, values: Mapping[str, bytes | None]) -> None:
        """Set values, or delete them for None, in one transaction."""


class Bare:
    """A table of SQLite, and one statement for each operation."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "bare.db"
        self.db = bare_sqlite(self.file)
        self.db.execute("CREATE TABLE entries (key TEXT PRIMARY KEY, value BLOB NOT NULL)")

    def set(self, key: str, value: bytes) -> None:
        self.db.execute(_UPSERT, (key, value))

    def get(self, key: str) -> bytes:
        row = self.db.execute("SELECT value FROM entries WHERE key = ?", (key,)).fetchone()
        value: bytes = row[0]
        return value

    def exist(self, key: str) -> bool:
        row = self.db.execute("SELECT 1 FROM entries WHERE key = ?", (key,)).fetchone()
        return row is not None

    def delete(self, key: str) -> None:
        self.db.execute("DELETE FROM entries WHERE key = ?", (key,))

    def end_round(self) -> None:
        pass

    def close(self) -> None:
        self.db.close()

    def change_all(self, values: Mapping[str, bytes | None]) -> None:
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany(_UPSERT, [pair for pair in values.items() if pair[1] is not None])
        gone = [(key,) for key, value in values.items() if value is None]
        self.db.executemany("DELETE FROM entries WHERE key = ?", gone)
        self.db.execute("COMMIT")


class BareWithQuota(Bare):
    """The same, with what a quota needs: the old size is looked up in the same transaction."""

    def set(self, key: str, value: bytes) -> None:
        self.db.execute("BEGIN IMMEDIATE")
        self._old_size(key)
        super().set(key, value)
        self.db.execute("COMMIT")

    def delete(self, key: str) -> None:
        self.db.execute("BEGIN IMMEDIATE")
        self._old_size(key)
        super().delete(key)
        self.db.execute("COMMIT")

    def _old_size(self, key: str) -> None:
        self.db.execute("SELECT length(value) FROM entries WHERE key = ?", (key,)).fetchone()


class DiskCache:
    """``diskcache.Cache`` as a store: nothing is ever evicted."""

    def __init__(self, folder: Path) -> None:
        import diskcache  # may not be installed

        self.file = folder / "cache.db"
        self._cache = diskcache.Cache(
            str(folder),
            eviction_policy="none",
            cull_limit=0,
            sqlite_wal_autocheckpoint=_CHECKPOINT_PAGES,
        )

    def set(self, key: str, value: bytes) -> None:
        self._cache.set(key, value)

    def get(self, key: str) -> bytes:
        value: bytes = self._cache.get(key)
        return value

    def exist(self, key: str) -> bool:
        return key in self._cache

    def delete(self, key: str) -> None:
        self._cache.delete(key)

    def end_round(self) -> None:
        pass

    def close(self) -> None:
        self._cache.close()

    def change_all(self, values: Mapping[str, bytes | None]) -> None:
        with self._cache.transact():
            for key, value in values.items():
                if value is None:
                    self._cache.delete(key)
                else:
                    self._cache.set(key, value)


class SqliteDict:
    """``sqlitedict.SqliteDict``, which commits each write and waits for it.

    It turns ``synchronous`` off when it connects; on again it costs what it costs the others.
    """

    def __init__(self, folder: Path, *, autocommit: bool = True) -> None:
        import sqlitedict  # may not be installed

        self.file = folder / "sqlitedict.db"
        self._dict = sqlitedict.SqliteDict(
            str(self.file),
            autocommit=autocommit,
            journal_mode="WAL",
            encode=bytes,
            decode=bytes,
            outer_stack=False,
        )
        for name, value in _PRAGMAS.items():
            self._dict.conn.execute(f"PRAGMA {name} = {value}")

    def set(self, key: str, value: bytes) -> None:
        self._dict[key] = value

    def get(self, key: str) -> bytes:
        value: bytes = self._dict[key]
        return value

    def exist(self, key: str) -> bool:
        return key in self._dict

    def delete(self, key: str) -> None:
        del self._dict[key]

    def end_round(self) -> None:
        pass

    def close(self) -> None:
        self._dict.close()

    def change_all(self, values: Mapping[str, bytes | None]) -> None:
        """In one transaction only without ``autocommit``."""
        self._dict.update({key: value for key, value in values.items() if value is not None})
        for key, value in values.items():
            if value is None:
                del self._dict[key]
        self._dict.commit()


class Ours:
    """Our storage, called by a round."""

    def __init__(self, folder: Path, recorder: Callable[[int], Recorder] = Recorder) -> None:
        store = Store(StateFile(folder / recorder.__name__ / "state.db"), "default", "a/b")
        store._recorder = recorder(store.scope)
        self._storage = Storage(store, None)
        self._round = begin_round(store)

    def set(self, key: str, value: bytes) -> None:
        assert self._storage.set(key, value, self._round, PLACE).error is None

    def get(self, key: str) -> bytes:
        return self._storage.get(key, self._round, PLACE).value

    def exist(self, key: str) -> bool:
        return self._storage.exist(key, self._round, PLACE).found

    def delete(self, key: str) -> None:
        assert self._storage.delete(key, self._round, PLACE).error is None

    def end_round(self) -> None:
        # Kept without recording as well; reads that wait are written in the same transaction.
        store = self._storage.store
        RoundBook(store.file).finish(self._round, RoundResult("ok"), 1000, store)

    def close(self) -> None:
        self._storage.store.file.close()


class Unrecorded(Ours):
    """Our storage without what recording adds, to have something to subtract."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, _Forgetful)


class _Forgetful(Recorder):
    def defer(self, operation: Operation, path: str) -> bool:
        return False

    def write(
        self,
        db: sqlite3.Connection,
        number: int,
        operation: Operation,
        changes: Mapping[str, Change],
        allocated: int | None,
    ) -> None:
        pass


def begin_round(store: Store) -> int:
    """A round of some tool; gives its number."""
    inputs = {"parameters": {"name": "colour", "value": "blue"}}
    start = RoundStart(store.scope, "tool", "remember", "local-user", None, inputs, 1, "c0de")
    return RoundBook(store.file).begin(start)


def bare_sqlite(path: Path) -> sqlite3.Connection:
    """An SQLite file under the settings of the state file."""
    db = sqlite3.connect(path, isolation_level=None, timeout=60)
    db.execute("PRAGMA journal_mode = WAL")
    for name, value in _PRAGMAS.items():
        db.execute(f"PRAGMA {name} = {value}")
    return db
