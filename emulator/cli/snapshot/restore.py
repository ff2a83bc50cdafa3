"""``snapshot restore``."""

import click

from emulator.cli.project import Project, project_options
from emulator.cli.storage.rewind import wind_back
from emulator.workspace.points import check_name


@click.command()
@project_options
@click.argument("name")
def restore(project: Project, name: str) -> None:
    """Bring back the state that NAME was given to. `storage undo` takes it back."""
    check_name(name)
    wind_back(project, name)
