"""Lines on stdout for people: colour on a terminal that wants it, control characters never."""

import os
import sys
from typing import Any

import click

from emulator.cli.reporting import visible, visible_line

_MOST_CHARACTERS = 20_000
"""Of a block: a response can have megabytes, and nobody reads them here."""


class Screen:
    """Where ``dev`` shows what happens."""

    def __init__(self) -> None:
        self._styled = sys.stdout.isatty() and not os.environ.get("NO_COLOR")

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
        if sys.stdout.isatty():
            click.clear()

    def _write(self, text: str, **style: Any) -> None:
        shown = click.style(text, **style) if style and self._styled else text
        # A terminal that is not UTF-8 cannot show everything.
        click.echo(shown.encode(sys.stdout.encoding, "replace"))
        sys.stdout.flush()
