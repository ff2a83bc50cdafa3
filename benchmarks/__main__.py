"""``python -m benchmarks [NAMES...]``: prints every figure beside its peer, both measured now."""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import checking, commands, endpoints, history, operations, reload, saves
from benchmarks.rows import Options

_BENCHMARKS: dict[str, Callable[[Options], None]] = {
    "commands": commands.measure,
    "operations": operations.measure,
    "reload": reload.measure,
    "endpoints": endpoints.measure,
    "saves": saves.measure,
    "history": history.measure,
    "checking": checking.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--runs", type=int, default=11, help="counted runs of each (default: 11)")
    parser.add_argument("--saves", type=int, default=60, help="saves to reload (default: 60)")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(_BENCHMARKS)} (default: all)"
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(_BENCHMARKS):
        parser.error(f"there is no benchmark called {', '.join(sorted(unknown))}")
    for name in arguments.names or _BENCHMARKS:
        with tempfile.TemporaryDirectory() as folder:
            print(f"## {name}\n", flush=True)
            _BENCHMARKS[name](Options(Path(folder), arguments.runs, arguments.saves))


if __name__ == "__main__":
    main()
