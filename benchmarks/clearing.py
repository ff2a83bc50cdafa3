"""History cut by its limit while somebody writes: how long it takes, and how long they wait."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median

from benchmarks.million import IN_ROUND, OPERATIONS, open_store
from benchmarks.rows import figure, percentile, print_table, timed
from benchmarks.stores import bare_sqlite
from emulator.dify.storage import Storage
from emulator.workspace.limit import HistoryLimit, keep_within
from emulator.workspace.state_file import StateFile

_ROUNDS = 10_000
_PAUSE_SECONDS = 0.002
_QUIET_SECONDS = 1.0


def measure(state: Path, bare: Path) -> None:
    """Print a table of clearing away; leaves the files with what has been kept."""
    path = state / "state.db"
    store = open_store(path)
    with closing(store.file), closing(bare_sqlite(bare)) as writing:
        storage = Storage(store, None)
        rows = [
            _row(
                "ours: a line is moved, then slices are cleared away",
                lambda number: storage.set("written meanwhile", b"%d" % number),
                lambda: _keep_within(path),
            ),
            _row(
                "bare SQLite: one `DELETE`",
                lambda number: writing.execute(
                    "INSERT INTO history (key, value) VALUES ('written meanwhile', ?)",
                    (b"%d" % number,),
                ),
                lambda: _delete(bare),
            ),
        ]
    print_table(
        f"| {OPERATIONS:,} operations, kept the last {_ROUNDS:,} rounds of {IN_ROUND} | seconds"
        " | writes meanwhile | median ms | p99 ms | longest ms | before: median ms | longest ms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
        rows,
    )


def _keep_within(path: Path) -> None:
    with closing(StateFile(path)) as file:
        keep_within(file, HistoryLimit(rounds=_ROUNDS))
        with file.reading() as db:
            (left,) = db.execute("SELECT count(*) FROM rounds").fetchone()
            assert _ROUNDS <= left < 2 * _ROUNDS


def _delete(bare: Path) -> None:
    with closing(bare_sqlite(bare)) as db:
        db.execute("DELETE FROM history WHERE round <= ?", (OPERATIONS // IN_ROUND - _ROUNDS,))


def _row(what: str, write: Callable[[int], object], clear: Callable[[], object]) -> tuple[str, ...]:
    before = _waits(write, lambda: time.sleep(_QUIET_SECONDS))[1]
    taken, waits = _waits(write, clear)
    return (
        what,
        figure(taken),
        f"{len(waits):,}",
        *(figure(each * 1000) for each in (median(waits), percentile(waits, 99), max(waits))),
        *(figure(each * 1000) for each in (median(before), max(before))),
    )


def _waits(write: Callable[[int], object], act: Callable[[], object]) -> tuple[float, list[float]]:
    """Seconds that something takes, and those that each write beside it took."""
    taken: list[float] = []
    thread = threading.Thread(target=lambda: taken.append(timed(act)))
    waits: list[float] = []
    thread.start()
    while thread.is_alive():
        waits.append(timed(lambda: write(len(waits))))
        time.sleep(_PAUSE_SECONDS)
    thread.join()
    return taken[0], waits
