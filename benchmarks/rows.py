"""What all benchmarks share: comparing two measures in turn, and printing tables."""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent

Measure = Callable[[], float]
"""Does something once; gives the seconds that it took."""


@dataclass(frozen=True)
class Options:
    """How much to measure, and where to put what it needs."""

    folder: Path
    runs: int
    saves: int


@dataclass(frozen=True)
class Row:
    """One figure beside its peer; times in milliseconds."""

    what: str
    peer: str
    ours: float
    theirs: float
    ratio: float
    limit: str


def compare(ours: Measure, theirs: Measure, runs: int) -> tuple[float, float, float]:
    """Both in turn, after one of each that does not count; in milliseconds.

    Medians; the ratio is the median of the ratios of neighbouring runs, so that a machine whose
    speed drifts does not decide it.
    """
    pairs = [(ours(), theirs()) for _ in range(runs + 1)][1:]
    return (
        median(a for a, _ in pairs) * 1000,
        median(b for _, b in pairs) * 1000,
        median(a / b for a, b in pairs),
    )


def timed(act: Callable[[], object]) -> float:
    """The seconds that something takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of neighbouring runs."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def figure(value: float) -> str:
    """Three digits, or as many as the whole part has."""
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def print_rows(rows: Iterable[Row]) -> None:
    """Figures beside their peers."""
    print_table(
        "| what | ms | peer, in the same run | ms | ratio | wanted |",
        "|---|---:|---|---:|---:|---|",
        [
            (
                row.what,
                figure(row.ours),
                row.peer,
                figure(row.theirs),
                f"{row.ratio:.2f}",
                row.limit,
            )
            for row in rows
        ],
    )


def print_table(head: str, rule: str, rows: Iterable[Sequence[str]]) -> None:
    """A table in Markdown."""
    print(head, rule, sep="\n")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print(flush=True)
