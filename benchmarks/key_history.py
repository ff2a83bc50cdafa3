"""The history of one key among a million operations: in a process, and as a whole command.

The peers of keys and values keep no history. Bare SQLite has the same operations in one table with
an index that leads from a key to its rows.
"""

from contextlib import closing
from functools import partial
from pathlib import Path

from benchmarks.command_line import emulator, python
from benchmarks.million import OPERATIONS, VERSIONS, open_store
from benchmarks.rows import ROOT, Row, compare, print_rows, timed
from benchmarks.stores import bare_sqlite
from emulator.workspace.versions import versions_of

_MEMORY = ROOT / "sample_plugins" / "memory"
_PEER = "bare SQLite, indexed"
_QUERY = "SELECT id, round, at, size FROM history WHERE key = ? AND op = 'set' ORDER BY id DESC"


def measure(state: Path, bare: Path, runs: int) -> None:
    """Print a table of keys with few and with many versions."""
    store = open_store(state / "state.db")
    rows = []
    with closing(store.file), closing(bare_sqlite(bare)) as db:
        for key, count in VERSIONS.items():

            def ours(key: str = key, count: int = count) -> None:
                with store.reading():
                    assert len(list(versions_of(store, key))) == count

            def theirs(key: str = key, count: int = count) -> None:
                assert len(db.execute(_QUERY, (key,)).fetchall()) == count

            figures = compare(partial(timed, ours), partial(timed, theirs), runs)
            what = f"history of a key with {count:,} versions, among {OPERATIONS:,} operations"
            rows.append(Row(what, _PEER, *figures, "< 50 ms"))
    print_rows([*rows, *_commands(state, bare, runs)])


def _commands(state: Path, bare: Path, runs: int) -> list[Row]:
    """Beside a Python that asks the table and does nothing else."""
    rows = []
    for key, count in VERSIONS.items():

        def ours(key: str = key) -> float:
            return emulator(state, _MEMORY, "storage", "history", key)

        def theirs(key: str = key) -> float:
            query = f"connect({str(bare)!r}).execute({_QUERY!r}, ({key!r},)).fetchall()"
            return python("-c", f"import sqlite3; sqlite3.{query}")

        what = f"`storage history KEY` of {count:,} versions, whole process"
        rows.append(Row(what, f"`python -c`: {_PEER}", *compare(ours, theirs, runs), "< 150 ms"))
    return rows
