"""``check`` as a whole process, beside a Python that only parses the same files."""

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.command_line import python
from benchmarks.plugins import many_tools_plugin
from benchmarks.rows import Options, Row, compare, print_rows

_TOOLS = 30

_PARSE = """
import ast, pathlib, sys, yaml
for path in pathlib.Path(sys.argv[1]).rglob("*.yaml"):
    yaml.compose(path.read_text(), yaml.CSafeLoader)
for path in pathlib.Path(sys.argv[1]).rglob("*.py"):
    ast.parse(path.read_bytes())
"""


def measure(options: Options) -> None:
    """Print a table: tools as most are, and tools that all use storage."""
    rows = []
    for what, stores in (("", False), (", all of which use storage", True)):
        plugin = many_tools_plugin(options.folder / f"stores_{stores}", _TOOLS, stores=stores)

        def ours(plugin: Path = plugin) -> float:
            return _check(plugin)

        def bare(plugin: Path = plugin) -> float:
            return python("-c", _PARSE, str(plugin))

        figures = compare(ours, bare, options.runs)
        named = f"`check` of a plugin with {_TOOLS} tools{what}"
        rows.append(Row(named, "parsing its files only", *figures, "< 300 ms"))
    print_rows(rows)


def _check(plugin: Path) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "emulator", "check", str(plugin)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started
