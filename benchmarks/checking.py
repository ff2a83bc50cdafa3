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
    """Print a table of one row."""
    plugin = many_tools_plugin(options.folder / "plugin", _TOOLS)

    def bare() -> float:
        return python("-c", _PARSE, str(plugin))

    what = f"`check` of a plugin with {_TOOLS} tools"
    figures = compare(lambda: _check(plugin), bare, options.runs)
    print_rows([Row(what, "parsing its files only", *figures, "< 300 ms")])


def _check(plugin: Path) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "emulator", "check", str(plugin)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started
