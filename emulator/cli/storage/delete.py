"""``storage delete``."""

import click

from emulator.cli import reporting
from emulator.cli.project import Project, project_options
from emulator.cli.storage.outcome import say_notes
from emulator.cli.words import check_key
from emulator.errors import RefusedError


@click.command()
@project_options
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
def delete(project: Project, keys: tuple[str, ...]) -> None:
    """Delete keys, by Dify's rules: a folder goes with all that is below it."""
    for key in keys:
        check_key(key)
    storage = project.open_storage()
    failed = []
    for key in keys:
        outcome = storage.delete(key)
        say_notes(outcome)
        if outcome.error is not None:
            failed.append(f"{key!r}: {outcome.error}")
    done = len(keys) - len(failed)
    if failed:
        raise RefusedError("\n".join(failed), advice=f"{done} of {len(keys)} were deleted.")
    reporting.say(f"Deleted {done} {'key' if done == 1 else 'keys'}.")
