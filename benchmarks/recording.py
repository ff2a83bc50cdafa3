"""What recording adds to an operation: ours with and without it, beside bare SQLite and the peers.

A store is read and written in rounds of ten operations of a kind. Reads wait to be written, so what
they cost shows at the end of their round. That is measured with them: a transaction that keeps the
round itself, with recording or without.

It is processor time, of all threads: differences of some microseconds would be lost in what else a
machine does meanwhile. Nobody waits for the disk here, but when a log is written back, and then all
do; that sqlitedict's threads wait for each other is left out in its favour.
"""

import os
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.rows import Options, figure, print_table, ratio
from benchmarks.stores import (
    Bare,
    BareWithQuota,
    DiskCache,
    KeyValues,
    Ours,
    SqliteDict,
    Unrecorded,
)

_STORES: tuple[Callable[[Path], KeyValues], ...] = (
    Bare,
    BareWithQuota,
    DiskCache,
    SqliteDict,
    Ours,
    Unrecorded,
)
_BATCHES = 6
_CHUNKS = 10
"""Of a batch. In each, every store has its turn with every operation."""
_CHUNK = 100
_ROUND = 10
_LIMIT = 2.0


@dataclass(frozen=True)
class _Kind:
    """An operation, and how many of it are in a round."""

    what: str
    act: Callable[[KeyValues, str, bytes], object]
    in_round: int = _ROUND

    def seconds(self, store: KeyValues, chunk: Sequence[tuple[str, bytes]]) -> float:
        """Processor time that a store takes for it, key by key."""
        rounds = [chunk[at : at + self.in_round] for at in range(0, len(chunk), self.in_round)]
        act = self.act
        started = time.process_time()
        for each in rounds:
            for key, value in each:
                act(store, key, value)
            store.end_round()
        return time.process_time() - started


_KINDS = (
    _Kind("set", lambda store, key, value: store.set(key, value)),
    _Kind("get", lambda store, key, _: store.get(key)),
    _Kind("exist", lambda store, key, _: store.exist(key)),
    _Kind("get, alone in its round", lambda store, key, _: store.get(key), in_round=1),
    _Kind("delete", lambda store, key, _: store.delete(key)),
)

_Costs = dict[tuple[str, str], list[float]]
"""Microseconds of an operation, batch by batch, by the names of a store and a kind."""


def measure(options: Options) -> None:
    """Print a table of operations by the size of the value and the number of keys."""
    rows: list[tuple[str, ...]] = []
    for size, count in ((100, 100), (100, 10_000), (10_000, 100), (10_000, 10_000)):
        costs = _costs(options.folder / f"{size}-{count}", size, count)
        rows += [(kind.what, f"{size:,}", f"{count:,}", *_figures(costs, kind)) for kind in _KINDS]
    print_table(
        "| operation, processor time in µs | bytes | keys | bare SQLite | asking for the old size"
        " | diskcache | sqlitedict | ours | without recording | recording adds"
        " | : bare, wanted ≤ 2 | ours : bare | : diskcache | : sqlitedict |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        rows,
    )


def _costs(folder: Path, size: int, count: int) -> _Costs:
    keys = [f"key{number:05d}" for number in range(count)]
    costs: _Costs = defaultdict(list)
    with ExitStack() as stack:
        stores: dict[str, KeyValues] = {}
        for make in _STORES:
            own = folder / make.__name__
            own.mkdir(parents=True)
            stores[make.__name__] = stack.enter_context(closing(make(own)))
        for key in keys:
            for store in stores.values():
                store.set(key, os.urandom(size))
        for _ in range(_BATCHES):
            seconds: dict[tuple[str, str], float] = defaultdict(float)
            for _ in range(_CHUNKS):
                for what, taken in _turns(stores, size, random.sample(keys, _CHUNK)):
                    seconds[what] += taken
            for what, taken in seconds.items():
                costs[what].append(taken / _CHUNKS / _CHUNK * 1e6)
    return costs


def _turns(
    stores: dict[str, KeyValues], size: int, keys: Sequence[str]
) -> Iterator[tuple[tuple[str, str], float]]:
    """Every store has its turn with every kind of operation: gives what it took."""
    # SQLite would skip the write of equal bytes.
    chunk = [(key, os.urandom(size)) for key in keys]
    for name, store in stores.items():
        for kind in _KINDS:
            yield (name, kind.what), kind.seconds(store, chunk)
        for key, value in chunk:  # what was deleted
            store.set(key, value)


def _figures(costs: _Costs, kind: _Kind) -> Iterator[str]:
    of = {make.__name__: costs[make.__name__, kind.what] for make in _STORES}
    for each in of.values():
        yield figure(median(each))
    ours, bare = of[Ours.__name__], of[Bare.__name__]
    added = [mine - less for mine, less in zip(ours, of[Unrecorded.__name__], strict=True)]
    yield figure(median(added))
    share = ratio(added, bare)
    yield f"{share:.2f}{'' if share <= _LIMIT else ' (over)'}"
    for peer in (Bare, DiskCache, SqliteDict):
        yield f"{ratio(ours, of[peer.__name__]):.2f}"
