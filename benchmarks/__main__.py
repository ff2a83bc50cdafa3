"""Prints every figure beside its peer, both measured in this run, in turn.

Medians; the ratio is the median of the ratios of neighbouring runs, so that a machine whose speed
drifts does not decide it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.bare import call_tool

ROOT = Path(__file__).parent.parent
MEMORY = ROOT / "sample_plugins" / "memory"
LOOP = ROOT / "benchmarks" / "plugin"

Measure = Callable[[], float]


@dataclass(frozen=True)
class Row:
    """One line of the table; times in milliseconds."""

    what: str
    peer: str
    ours: float
    theirs: float
    ratio: float
    limit: str


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--runs", type=int, default=11, help="counted runs of each (default: 11)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            cold_run(Path(folder), arguments.runs),
            *storage_commands(Path(folder), arguments.runs),
            *operations(Path(folder), arguments.runs),
        ]
    print("| what | ms | peer, in the same run | ms | ratio | wanted |")
    print("|---|---:|---|---:|---:|---|")
    for row in rows:
        print(
            f"| {row.what} | {row.ours:.3g} | {row.peer} | {row.theirs:.3g} "
            f"| {row.ratio:.2f} | {row.limit} |"
        )


def compare(ours: Measure, theirs: Measure, runs: int) -> tuple[float, float, float]:
    """Both in turn, after one of each that does not count; in milliseconds."""
    pairs = [(ours(), theirs()) for _ in range(runs + 1)][1:]
    return (
        median(a for a, _ in pairs) * 1000,
        median(b for _, b in pairs) * 1000,
        median(a / b for a, b in pairs),
    )


def cold_run(folder: Path, runs: int) -> Row:
    """From nothing to a tool's first result on stdout, beside a driver that does only that."""
    emulator(folder, MEMORY, "run", "remember", "name=colour", "value=blue")

    def ours() -> float:
        return first_output(folder, MEMORY, "run", "recall", "name=colour")

    def theirs() -> float:
        started = time.perf_counter()
        call_tool(MEMORY, "memory", "recall", {"name": "colour"})
        return time.perf_counter() - started

    figures = compare(ours, theirs, runs)
    return Row("`run recall`, to its first result", "bare `python -m main`", *figures, "≤ 1.8")


def storage_commands(folder: Path, runs: int) -> list[Row]:
    """Whole processes, beside a Python that reads one row with sqlite3 and nothing else."""
    state = folder / "state.db"
    query = f"connect({str(state)!r}).execute('select * from entries').fetchone()"
    read = f"import sqlite3; sqlite3.{query}"

    def bare() -> float:
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", read], check=True)
        return time.perf_counter() - started

    words = {
        "storage list": ("list",),
        "storage get": ("get", "users/local-user.json"),
        "storage set": ("set", "notes/a", "text"),
        "storage usage": ("usage",),
    }
    rows = []
    for name, command in words.items():

        def ours(command: tuple[str, ...] = command) -> float:
            return emulator(folder, MEMORY, "storage", *command)

        peer = "`python -c` with sqlite3"
        rows.append(Row(f"`{name}`", peer, *compare(ours, bare, runs), "< 150 ms"))
    return rows


def operations(folder: Path, runs: int) -> list[Row]:
    """One storage call as the plugin sees it, beside the same exchange with a dict."""
    rows = []
    for size, count in ((100, 1000), (10_000, 500), (1_000_000, 20)):
        pairs = []
        for _ in range(max(3, runs // 2)):
            mine = run_loop(folder, count, size)
            bare = call_tool(LOOP, "benchmark", "loop", {"count": count, "size": size})
            pairs.append((mine, bare[0]["message"]["json_object"]))
        for op in ("set", "get"):
            rows.append(
                Row(
                    f"storage.{op}, {size:,} B",
                    "answered from a dict",
                    median(a[op] for a, _ in pairs) * 1000,
                    median(b[op] for _, b in pairs) * 1000,
                    median(a[op] / b[op] for a, b in pairs),
                    "≤ 1.5",
                )
            )
    return rows


def run_loop(folder: Path, count: int, size: int) -> dict[str, float]:
    command = _command(folder, LOOP, "run", "loop", f"count={count}", f"size={size}", "--json")
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    times: dict[str, float] = json.loads(output)["messages"][0]["message"]["json_object"]
    return times


def emulator(folder: Path, plugin: Path, *words: str) -> float:
    """A whole process of the emulator, in seconds."""
    started = time.perf_counter()
    subprocess.run(
        _command(folder, plugin, *words),
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - started


def first_output(folder: Path, plugin: Path, *words: str) -> float:
    """From the start of the emulator to its first byte on stdout, in seconds."""
    started = time.perf_counter()
    with subprocess.Popen(
        _command(folder, plugin, *words), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout
        os.read(process.stdout.fileno(), 1)
        taken = time.perf_counter() - started
        process.stdout.read()
    return taken


def _command(folder: Path, plugin: Path, *words: str) -> list[str]:
    place = ("-p", str(plugin), "--state-dir", str(folder))
    return [sys.executable, "-m", "emulator", *words, *place]


if __name__ == "__main__":
    main()
