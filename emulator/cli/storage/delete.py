"""``storage delete``."""

import click

from emulator.cli.project import Project, project_options
from emulator.cli.storage.outcome import tell


@click.command()
@project_options
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
def delete(project: Project, keys: tuple[str, ...]) -> None:
    """Delete keys, by Dify's rules: a folder goes with all that is below it."""
    storage = project.open_storage()
    for key in keys:
        tell(storage.delete(key))
