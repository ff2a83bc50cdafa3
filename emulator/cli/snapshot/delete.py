"""``snapshot delete``."""

import click

from emulator.cli import reporting
from emulator.cli.project import Project, project_options
from emulator.workspace import snapshots


@click.command()
@project_options
@click.argument("name")
def delete(project: Project, name: str) -> None:
    """Forget the name. Storage and its history stay as they are."""
    snapshots.delete(project.open_storage().store, name)
    reporting.say(f"Deleted the snapshot {name!r}.")
