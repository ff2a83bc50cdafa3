"""``storage reset``."""

import sys

import click

from emulator.cli import reporting
from emulator.cli.project import Project, project_options
from emulator.dify.filling import reset as empty
from emulator.errors import EmulatorError


@click.command()
@project_options
@click.option("--prefix", default="", help="Only keys that begin so.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(project: Project, prefix: str, yes: bool) -> None:
    """Empty the workspace's storage of this plugin. History keeps what was there."""
    storage = project.open_storage()
    what = f"all keys that begin with {prefix!r}" if prefix else "all keys"
    if not yes:
        _ask(f"Remove {what} of {storage.store.plugin} in {project.workspace!r}?")
    count = empty(storage, prefix)
    reporting.say(f"Removed {count} {'key' if count == 1 else 'keys'}.")


def _ask(question: str) -> None:
    """Raise EmulatorError unless the answer is yes."""
    try:
        agreed = click.confirm(question, err=True)
    except (click.Abort, RuntimeError):  # no stdin at all is a RuntimeError
        if sys.stdin is not None and sys.stdin.isatty():
            raise  # Ctrl-C
        raise EmulatorError("Nothing was removed: nobody answered.", advice="Use --yes.") from None
    if not agreed:
        raise EmulatorError("Nothing was removed.")
