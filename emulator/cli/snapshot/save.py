"""``snapshot save``."""

import click

from emulator.cli import reporting
from emulator.cli.project import Project, project_options
from emulator.workspace import snapshots


@click.command()
@project_options
@click.argument("name")
def save(project: Project, name: str) -> None:
    """Name the present state of the workspace's storage. It copies nothing."""
    snapshots.save(project.open_storage().store, name)
    reporting.say(f"Saved the snapshot {name!r}.")
