"""A thousand changes taken back in a store of 100,000 keys, and a snapshot of it.

The peers have neither: somebody would have to have kept what was there, and puts it back in one
transaction; in the place of a snapshot the file or the table is copied.
"""

import os
import random
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Protocol

from benchmarks.rows import Options, figure, print_table, ratio, timed
from benchmarks.stores import Bare, DiskCache, Peer, SqliteDict, begin_round
from emulator.dify.filling import seed
from emulator.dify.storage import Storage
from emulator.workspace import snapshots
from emulator.workspace.history import now, rewind, undo
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store

_KEYS = 100_000
_CHANGES = 1000
_IN_FOLDER = 100
_BYTES = 100
_REWIND_MS = 250
_SNAPSHOT_MS = 20


@dataclass(frozen=True)
class _Change:
    """What is done to the store, and then taken back."""

    new: dict[str, bytes | None]
    in_round: bool = False
    folders: tuple[str, ...] = ()
    """Which are deleted as a whole."""


class _Side(Protocol):
    """One of those that are compared."""

    def change(self, change: _Change) -> None: ...

    def back(self) -> None:
        """As it was before the change."""

    def forth(self) -> None:
        """As it was before that."""


class _Ours:
    def __init__(self, storage: Storage) -> None:
        self._storage, self._store = storage, storage.store
        self._point = 0

    def change(self, change: _Change) -> None:
        self._point = now(self._store)
        round = begin_round(self._store) if change.in_round else None
        if change.folders:
            for folder in change.folders:
                self._storage.delete(folder, round)
        else:
            for key, value in change.new.items():
                self._storage.set(key, value or b"", round)

    def back(self) -> None:
        assert rewind(self._store, self._point).keys == _CHANGES

    def forth(self) -> None:
        undone = undo(self._store)
        assert undone is not None
        assert undone.keys == _CHANGES


class _ByHand:
    def __init__(self, peer: Peer, values: dict[str, bytes]) -> None:
        self._peer, self._values = peer, values
        self._new: dict[str, bytes | None] = {}
        self._old: dict[str, bytes | None] = {}

    def change(self, change: _Change) -> None:
        self._new = change.new
        self._old = {key: self._values[key] for key in change.new}
        self.forth()

    def back(self) -> None:
        self._peer.change_all(self._old)

    def forth(self) -> None:
        self._peer.change_all(self._new)


def measure(options: Options) -> None:
    """Print a table of rewinds, and one of snapshots."""
    values = {
        f"folder{number // _IN_FOLDER:04d}/{number % _IN_FOLDER:02d}": os.urandom(_BYTES)
        for number in range(_KEYS)
    }
    runs = max(5, options.runs // 2)
    with ExitStack() as stack:
        file = stack.enter_context(closing(StateFile(options.folder / "ours" / "state.db")))
        storage = Storage(Store(file, "default", "a/b"), None)
        seed(storage, values, "benchmark", replace=False)
        bare = stack.enter_context(closing(Bare(options.folder)))
        cache = stack.enter_context(closing(DiskCache(options.folder)))
        pairs = stack.enter_context(closing(SqliteDict(options.folder, autocommit=False)))
        peers: list[Peer] = [bare, cache, pairs]
        for peer in peers:
            peer.change_all(values)
        sides: list[_Side] = [_Ours(storage), *(_ByHand(peer, values) for peer in peers)]
        _print_rewinds(sides, list(values), runs)
        _print_snapshots(storage.store, bare, peers, runs)


def _print_rewinds(sides: list[_Side], keys: list[str], runs: int) -> None:
    kinds = {
        "1,000 sets": _sets,
        "1,000 sets of one round": lambda keys: _sets(keys, in_round=True),
        "10 folders deleted, of 100 keys each": _deleted_folders,
    }
    rows = []
    for what, make in kinds.items():
        turns = [
            [_back_and_forth(side, change) for side in sides]
            for change in (make(keys) for _ in range(runs))
        ]
        for way, name in enumerate(("taken back by `rewind`", "and again by `undo`")):
            taken = [[turn[side][way] for turn in turns] for side in range(len(sides))]
            ours, bare, *_ = taken
            rows.append(
                (
                    f"{what}, {name}",
                    figure(median(ours) * 1000),
                    *(figure(median(each) * 1000) for each in taken[1:]),
                    f"{ratio(ours, bare):.2f}",
                    f"< {_REWIND_MS} ms",
                )
            )
    print_table(
        f"| of {_KEYS:,} keys, in ms | ours | bare SQLite by hand | diskcache by hand"
        " | sqlitedict by hand | ours : bare | wanted |",
        "|---|---:|---:|---:|---:|---:|---|",
        rows,
    )


def _sets(keys: list[str], *, in_round: bool = False) -> _Change:
    # SQLite would skip the write of equal bytes.
    return _Change({key: os.urandom(_BYTES) for key in random.sample(keys, _CHANGES)}, in_round)


def _deleted_folders(keys: list[str]) -> _Change:
    first = random.sample(range(0, _KEYS, _IN_FOLDER), _CHANGES // _IN_FOLDER)
    gone = [key for number in first for key in keys[number : number + _IN_FOLDER]]
    folders = tuple(keys[number].partition("/")[0] for number in first)
    return _Change(dict.fromkeys(gone), folders=folders)


def _back_and_forth(side: _Side, change: _Change) -> tuple[float, float]:
    """Seconds of either; leaves what was there before the change."""
    side.change(change)
    taken = timed(side.back), timed(side.forth)
    side.back()
    return taken


def _print_snapshots(store: Store, bare: Bare, peers: list[Peer], runs: int) -> None:
    turns = [
        (
            timed(partial(snapshots.save, store, f"number {number}")),
            _copied_table(bare.db),
            *(_copied_file(peer.file) for peer in peers),
        )
        for number in range(runs)
    ]
    taken = list(zip(*turns, strict=True))
    print_table(
        f"| of {_KEYS:,} keys, in ms | ours | bare SQLite: `CREATE TABLE AS` | its file copied"
        " | diskcache's file copied | sqlitedict's file copied | wanted |",
        "|---|---:|---:|---:|---:|---:|---|",
        [("snapshot", *(figure(median(each) * 1000) for each in taken), f"< {_SNAPSHOT_MS} ms")],
    )


def _copied_table(db: sqlite3.Connection) -> float:
    taken = timed(lambda: db.execute("CREATE TABLE copy AS SELECT * FROM entries"))
    db.execute("DROP TABLE copy")
    return taken


def _copied_file(file: Path) -> float:
    """By SQLite's backup, which is safe while others write."""
    copy = file.with_name("copy.db")
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        taken = timed(lambda: source.backup(target))
    copy.unlink()
    return taken
