"""``storage set``."""

import sys

import click

from emulator.cli.project import Project, project_options
from emulator.cli.storage.outcome import say_notes
from emulator.cli.words import read_text_or_file
from emulator.errors import RefusedError, UsageError


@click.command("set")
@project_options
@click.argument("key")
@click.argument("value", metavar="TEXT|@FILE|-")
def set_value(project: Project, key: str, value: str) -> None:
    """Store text, the bytes of a file, or stdin under KEY, by Dify's rules."""
    data = sys.stdin.buffer.read() if value == "-" else read_text_or_file(value, "VALUE")
    if not key:
        raise UsageError("A key must not be empty.")
    outcome = project.open_storage().set(key, data)
    say_notes(outcome)
    if outcome.error is not None:
        raise RefusedError(f"{key!r}: {outcome.error}")
