"""Asking for what was not said, where there is somebody to ask."""

import sys
from collections.abc import Callable
from typing import TypeVar

import click

from emulator.errors import UsageError

T = TypeVar("T")


def is_anybody_there() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def ask(question: str, usual: str, read: Callable[[str], T]) -> T:
    """The answer as ``read`` understands it; the usual one if nobody is there.

    What ``read`` refuses is asked again.
    """
    if not is_anybody_there():
        return read(usual)

    def understand(answer: str) -> T:
        try:
            return read(answer)
        except UsageError as error:
            raise click.UsageError(f"{error.message} {error.advice}".rstrip()) from None

    answer: T = click.prompt(question, default=usual or None, value_proc=understand, err=True)
    return answer


def one_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    """A reader of one word out of these."""

    def read(answer: str) -> str:
        if answer not in choices:
            raise UsageError(f"Choose one of: {', '.join(choices)}.")
        return answer

    return read
