"""Commands as somebody waits for them: whole processes, each beside one that does only its core."""

import time
from pathlib import Path

from benchmarks.bare import call_tool
from benchmarks.command_line import emulator, first_output, python
from benchmarks.dev import running_dev
from benchmarks.rows import ROOT, Options, Row, compare, print_rows

_MEMORY = ROOT / "sample_plugins" / "memory"


def measure(options: Options) -> None:
    """Print a table of commands."""
    state = options.folder / "commands"
    print_rows(
        [
            _cold_run(state, options.runs),
            *_storage_commands(state, options.runs),
            *_warm_run(state, options.runs),
        ]
    )


def _cold_run(state: Path, runs: int) -> Row:
    """From nothing to a tool's first result on stdout, beside a driver that does only that."""
    emulator(state, _MEMORY, "run", "remember", "name=colour", "value=blue")

    def ours() -> float:
        return first_output(state, _MEMORY, "run", "recall", "name=colour")

    def theirs() -> float:
        started = time.perf_counter()
        call_tool(_MEMORY, "memory", "recall", {"name": "colour"})
        return time.perf_counter() - started

    figures = compare(ours, theirs, runs)
    return Row("`run recall`, to its first result", "bare `python -m main`", *figures, "≤ 1.8")


def _storage_commands(state: Path, runs: int) -> list[Row]:
    """Beside a Python that reads one row with sqlite3 and nothing else."""
    query = f"connect({str(state / 'state.db')!r}).execute('select * from entries').fetchone()"

    def bare() -> float:
        return python("-c", f"import sqlite3; sqlite3.{query}")

    words = {
        "storage list": ("list",),
        "storage get": ("get", "users/local-user.json"),
        "storage set": ("set", "notes/a", "text"),
        "storage usage": ("usage",),
    }
    rows = []
    for name, command in words.items():

        def ours(command: tuple[str, ...] = command) -> float:
            return emulator(state, _MEMORY, "storage", *command)

        peer = "`python -c` with sqlite3"
        rows.append(Row(f"`{name}`", peer, *compare(ours, bare, runs), "< 150 ms"))
    return rows


def _warm_run(state: Path, runs: int) -> list[Row]:
    """``run`` to the end of its process while a dev runs, and the same without one.

    The dev has a state folder of its own, so that the two do not meet.
    """
    served = state.with_name("served")

    def through_dev() -> float:
        return emulator(served, _MEMORY, "run", "recall", "name=colour")

    def alone() -> float:
        return emulator(state, _MEMORY, "run", "recall", "name=colour")

    def bare() -> float:
        return python("-c", "pass")

    what = "`run recall` through `dev`, whole process"
    with running_dev(_MEMORY, served):
        emulator(served, _MEMORY, "run", "remember", "name=colour", "value=blue")
        return [
            Row(what, "`python -c pass`", *compare(through_dev, bare, runs), "< 200 ms"),
            Row(what, "`run recall` alone", *compare(through_dev, alone, runs), ""),
        ]
