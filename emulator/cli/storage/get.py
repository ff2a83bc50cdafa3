"""``storage get``."""

import sys
from pathlib import Path

import click

from emulator.cli import reporting
from emulator.cli.project import Project, project_options
from emulator.errors import NotThereError, UsageError


@click.command()
@project_options
@click.argument("key")
@click.option("-o", "file", type=Path, metavar="FILE", help="Write the bytes to a file.")
def get(project: Project, key: str, file: Path | None) -> None:
    """Write the bytes of KEY to stdout, as they are."""
    outcome = project.open_storage().get(key)
    for note in outcome.notes:
        reporting.say_note(note.code, f"{note.happened} {note.advice}")
    if outcome.error is not None:
        raise NotThereError(
            f"There is no value under {key!r} in the workspace {project.workspace!r}.",
            advice="`storage list` shows what there is.",
        )
    if file is None:
        sys.stdout.buffer.write(outcome.value)
        return
    try:
        file.write_bytes(outcome.value)
    except OSError as error:
        raise UsageError(f"-o {file}: {error.strerror}.") from None
