"""``storage seed``."""

from pathlib import Path

import click

from emulator.cli import reporting
from emulator.cli.project import Project, project_options
from emulator.dify.filling import seed as fill
from emulator.workspace.seeds import read_seed


@click.command()
@project_options
@click.argument("file", type=Path)
@click.option("--replace", is_flag=True, help="Remove what is there first.")
def seed(project: Project, file: Path, replace: bool) -> None:
    """Store the keys and values of FILE (YAML or JSON): all of them, or none."""
    values = read_seed(file)
    count = fill(project.open_storage(), values, str(file), replace=replace)
    reporting.say(f"Stored {count} {'key' if count == 1 else 'keys'}.")
