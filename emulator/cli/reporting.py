"""What is said beside the result, on stderr: notes, progress, details."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from rich.status import Status

verbose = False
"""Set once, by --verbose: whether errors show their details, such as a whole traceback."""


def set_verbose(_ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    global verbose
    verbose = value


def say(text: str = "", *, newline: bool = True, **style: Any) -> None:
    """A line for people. Colour only on a terminal that wants it; control characters never."""
    click.echo(styled(visible(text), sys.stderr, **style), err=True, nl=newline)


def say_note(code: str, message: str) -> None:
    say(f"{code} {message}", fg="yellow")


def styled(text: str, stream: TextIO | None, **style: Any) -> str:
    """Text in colour, if it goes to a terminal that wants it."""
    if style and stream is not None and stream.isatty() and not os.environ.get("NO_COLOR"):
        return click.style(text, **style)
    return text


def visible(text: str) -> str:
    """Text without characters that a terminal would obey: keys and errors are the plugin's."""
    text = text.replace("\r\n", "\n")
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)


def visible_line(text: str) -> str:
    """The same in one line."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


@contextmanager
def progress() -> Iterator["Progress"]:
    """Shows what something slow is at: moving on a terminal, line by line elsewhere."""
    shown = Progress()
    try:
        yield shown
    finally:
        shown.stop()


class Progress:
    """Nothing is shown, and nothing imported, before the first step."""

    def __init__(self) -> None:
        self._status: Status | None = None

    def step(self, line: str) -> None:
        """Something that stays."""
        self.stop()
        say(line)

    def detail(self, line: str) -> None:
        """Something that passes: shown on a terminal, until the next."""
        if not sys.stderr.isatty():
            return
        from rich.console import Console
        from rich.status import Status

        if self._status is None:
            self._status = Status("", console=Console(stderr=True))
            self._status.start()
        self._status.update(visible(line))

    def stop(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
