"""``storage set``."""

import sys

import click

from emulator.cli.project import Project, project_options
from emulator.cli.storage.outcome import say_notes
from emulator.cli.words import check_key, read_text_or_file
from emulator.errors import RefusedError, UsageError


@click.command("set")
@project_options
@click.argument("key")
@click.argument("value", metavar="TEXT|@FILE|-")
def set_value(project: Project, key: str, value: str) -> None:
    """Store text, the bytes of a file, or stdin under KEY, by Dify's rules."""
    data = _stdin() if value == "-" else read_text_or_file(value, "VALUE")
    outcome = project.open_storage().set(check_key(key), data)
    say_notes(outcome)
    if outcome.error is not None:
        raise RefusedError(f"{key!r}: {outcome.error}")


def _stdin() -> bytes:
    if sys.stdin is None:
        raise UsageError("VALUE -: there is no stdin to read.")
    return sys.stdin.buffer.read()
