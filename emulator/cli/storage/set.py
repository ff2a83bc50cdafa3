"""``storage set``."""

import sys

import click

from emulator.cli.project import Project, project_options
from emulator.cli.storage.outcome import tell
from emulator.cli.words import read_text_or_file


@click.command("set")
@project_options
@click.argument("key")
@click.argument("value", metavar="TEXT|@FILE|-")
def set_value(project: Project, key: str, value: str) -> None:
    """Store text, the bytes of a file, or stdin under KEY, by Dify's rules."""
    data = sys.stdin.buffer.read() if value == "-" else read_text_or_file(value, "VALUE")
    tell(project.open_storage().set(key, data))
