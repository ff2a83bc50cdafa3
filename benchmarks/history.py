"""Memory's history: what it costs to keep it, to wind it back, to look into it and to cut it."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.util import find_spec

from benchmarks import clearing, key_history, million, places, recording, rewinding
from benchmarks.rows import Options, timed


def measure(options: Options) -> None:
    """Print tables of all of it, and how busy the machine was meanwhile."""
    if missing := [name for name in ("diskcache", "sqlitedict") if find_spec(name) is None]:
        sys.exit(f"{' and '.join(missing)}: not installed. pip install '.[bench]'")
    parts: dict[str, Callable[[Options], None]] = {
        "recording": recording.measure,
        "places": places.measure,
        "rewinding": rewinding.measure,
        "million": _measure_a_million,
    }
    for name, part in parts.items():
        folder = options.folder / name
        folder.mkdir()
        before = os.getloadavg()[0]
        taken = timed(partial(part, replace(options, folder=folder)))
        loads = f"load {before:.1f} before, {os.getloadavg()[0]:.1f} after"
        print(f"{name}: {taken:.0f} s, {loads}\n", flush=True)


def _measure_a_million(options: Options) -> None:
    state, bare = options.folder / "state", options.folder / "bare.db"
    million.check(options.folder)
    million.write_history(state / "state.db", million.OPERATIONS)
    million.write_bare(bare, million.OPERATIONS)
    key_history.measure(state, bare, options.runs)
    clearing.measure(state, bare)
