"""Plugins whose tool runs some lines, all else being as it should be."""

from pathlib import Path
from textwrap import dedent, indent

from emulator.check.findings import Finding
from tests.check.checked import found, places, whole_plugin, write

TOOL = "tools/remember.py"


def tool(folder: Path, body: str, above: str = "") -> Path:
    """A plugin with the lines in its tool's `_invoke`: from line 6 and column 9 on.

    ``above`` is what stands in line 2, and moves them if it has more lines.
    """
    plugin = whole_plugin(folder)
    lines = indent(dedent(body).strip(), " " * 8)
    head = f"from dify_plugin import Tool\n{dedent(above).strip()}\n\nclass Remember(Tool):\n"
    write(plugin, TOOL, f"{head}    def _invoke(self, tool_parameters):\n{lines}\n")
    return plugin


def found_at(folder: Path, code: str) -> list[str]:
    """`line:column` of each finding of a code, which have to be in the tool."""
    found = [each.split(":", 1) for each in places(folder, code)]
    assert {file for file, _ in found} <= {TOOL}
    return [place for _, place in found]


def told(folder: Path) -> list[Finding]:
    """All that is found of storage and permissions."""
    return [each for each in found(folder) if "DE750" <= each.code <= "DE779"]
