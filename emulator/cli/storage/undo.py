"""``storage undo``."""

import click

from emulator.cli import reporting
from emulator.cli.project import Project, project_options
from emulator.cli.sizes import count_of
from emulator.errors import NotThereError
from emulator.workspace import history


@click.command()
@project_options
def undo(project: Project) -> None:
    """Take back the last step that changed something: a round, or one command.

    Again: the step before that.
    """
    undone = history.undo(project.open_storage().store)
    if undone is None:
        raise NotThereError(f"There is nothing to take back in {project.workspace!r}.")
    step = undone.op if undone.round is None else f"round {undone.round}, {undone.target}"
    reporting.say(f"Took back {step}: {count_of(undone.keys, 'key')} changed.")
    if undone.others:
        others = ", ".join(map(str, undone.others))
        reporting.say(f"What these rounds had changed since it began went with it: {others}.")
