"""``storage export``."""

from pathlib import Path

import click

from emulator.cli.project import Project, project_options
from emulator.errors import UsageError
from emulator.workspace.seeds import write_seed


@click.command()
@project_options
@click.argument("file", type=Path, required=False)
def export(project: Project, file: Path | None) -> None:
    """Write all keys and values as a seed to FILE or stdout; `seed` restores them byte for byte."""
    store = project.open_storage().store
    with store.reading():
        entries = [entry for entry in store.starting_with("") if not entry.is_folder]
        text = write_seed((entry.key or ".", store.read(entry)) for entry in entries)
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}.") from None
