"""The result, on stdout. Whoever reads it may go away without ending a round."""

import errno
import json
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import click

from emulator.cli.reporting import styled, visible, visible_line
from emulator.errors import EmulatorError


def show_line(text: str = "", **style: Any) -> None:
    """A line for people. Colour only on a terminal that wants it; control characters never."""
    click.echo(styled(visible_line(text), sys.stdout, **style))


def show_text(text: str, indent: str = "  ", **style: Any) -> None:
    """The same of text that has lines of its own."""
    for line in visible(text).rstrip("\n").split("\n"):
        click.echo(styled(indent + line if line else "", sys.stdout, **style))


def show_rows(rows: Iterable[Mapping[str, Any]]) -> None:
    """A JSON array, a row on a line, each as soon as it is there: it can have a million of them."""
    before = "["
    for row in rows:
        click.echo(f"{before}\n  {json.dumps(row, ensure_ascii=False)}", nl=False)
        before = ","
    click.echo("[]" if before == "[" else "\n]")


class Output:
    """Bytes to stdout, sent on at once.

    A reader that has gone (``| head -1``) is no reason to interrupt a plugin in the middle of its
    writes: the rest is dropped, the round goes on.
    """

    def __init__(self) -> None:
        self._failure: OSError | None = None
        self._last = b"\n"

    def write(self, data: bytes) -> None:
        if self._failure is not None or not data:
            return
        self._last = data[-1:]
        try:
            if sys.stdout is None:  # closed by whoever started us
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        except OSError as error:
            self._failure = error
            discard_stdout()

    def line(self, text: str) -> None:
        """A line of its own."""
        self.end_line()
        self.write(f"{text}\n".encode("utf-8", "replace"))

    def end_line(self) -> None:
        """Begin a new line, if the last one is still open."""
        if self._last != b"\n":
            self.write(b"\n")

    @property
    def is_open_line_on_terminal(self) -> bool:
        return self._last != b"\n" and sys.stdout is not None and sys.stdout.isatty()

    def check(self) -> None:
        """Raise EmulatorError if something other than a reader that went away kept us from it."""
        if self._failure is not None and not isinstance(self._failure, BrokenPipeError):
            raise EmulatorError(f"stdout cannot be written: {self._failure.strerror}.")


def discard_stdout() -> None:
    """Let nothing more fail on stdout, not even Python's own flush at the end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
