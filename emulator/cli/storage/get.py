"""``storage get``."""

from pathlib import Path

import click

from emulator.cli.output import Output
from emulator.cli.project import Project, project_options
from emulator.cli.storage.outcome import say_notes
from emulator.cli.words import check_key
from emulator.errors import NotThereError, UsageError


@click.command()
@project_options
@click.argument("key")
@click.option("-o", "file", type=Path, metavar="FILE", help="Write the bytes to a file.")
def get(project: Project, key: str, file: Path | None) -> None:
    """Write the bytes of KEY to stdout, as they are."""
    outcome = project.open_storage().get(check_key(key))
    say_notes(outcome)
    if outcome.error is not None:
        raise NotThereError(
            f"There is no value under {key!r} in the workspace {project.workspace!r}.",
            advice="`storage list` shows what there is.",
        )
    if file is None:
        output = Output()
        output.write(outcome.value)
        output.check()
        return
    try:
        file.write_bytes(outcome.value)
    except OSError as error:
        raise UsageError(f"-o {file}: {error.strerror}.") from None
