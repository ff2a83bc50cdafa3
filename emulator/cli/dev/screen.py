"""Lines on stdout for people: colour on a terminal that wants it, control characters never."""

import os
import sys
from typing import Any

import click

from emulator.cli.output import Output
from emulator.cli.reporting import visible, visible_line

_MOST_CHARACTERS = 20_000
"""Of a block: a response can have megabytes, and nobody reads them here."""


class Screen:
    """Where ``dev`` shows what happens."""

    def __init__(self) -> None:
        self._output = Output()
        is_terminal = sys.stdout is not None and sys.stdout.isatty()
        self._styled = is_terminal and not os.environ.get("NO_COLOR")
        self._encoding = sys.stdout.encoding if sys.stdout is not None else "utf-8"
        self._is_terminal = is_terminal

    def line(self, text: str = "", **style: Any) -> None:
        """One line."""
        self._write(visible_line(text), **style)

    def block(self, text: str, indent: str = "  ", most: int = 40, **style: Any) -> None:
        """Several lines, not more than ``most``."""
        lines = visible(text[:_MOST_CHARACTERS]).rstrip("\n").split("\n")
        for line in lines[:most]:
            self._write(indent + line, **style)
        if len(lines) > most:
            self._write(f"{indent}... {len(lines) - most} lines more", dim=True)

    def clear(self) -> None:
        if self._is_terminal:
            click.clear()

    def _write(self, text: str, **style: Any) -> None:
        shown = click.style(text, **style) if style and self._styled else text
        # A terminal that is not UTF-8 cannot show everything; and nobody may be there to look.
        self._output.write(f"{shown}\n".encode(self._encoding, "replace"))
