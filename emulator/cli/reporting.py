"""What is said beside the result, on stderr: notes, progress, details."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

verbose = False
"""Set once, by --verbose: whether errors show their details, such as a whole traceback."""


def set_verbose(_ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    global verbose
    verbose = value


def say(line: str = "", **style: object) -> None:
    """A line for people. Colour only on a terminal that wants it."""
    click.echo(click.style(line, **style) if style and _coloured() else line, err=True)  # type: ignore[arg-type]


def say_note(code: str, message: str) -> None:
    say(f"{code} {message}", fg="yellow")


@contextmanager
def progress() -> Iterator["Progress"]:
    """Shows the latest line of something slow: moving on a terminal, line by line elsewhere."""
    shown = Progress()
    try:
        yield shown
    finally:
        shown.stop()


class Progress:
    """Takes lines of progress. Nothing is shown, and nothing imported, before the first."""

    def __init__(self) -> None:
        self._status: object = None

    def __call__(self, line: str) -> None:
        if not sys.stderr.isatty():
            say(line)
            return
        from rich.console import Console
        from rich.status import Status

        if not isinstance(self._status, Status):
            self._status = Status(line, console=Console(stderr=True))
            self._status.start()
        self._status.update(line)

    def stop(self) -> None:
        stop = getattr(self._status, "stop", None)
        if stop:
            stop()


def _coloured() -> bool:
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR")
