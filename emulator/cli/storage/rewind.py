"""``storage rewind``."""

import click

from emulator.cli import reporting
from emulator.cli.project import Project, project_options
from emulator.cli.sizes import count_of
from emulator.workspace.history import rewind_to
from emulator.workspace.points import in_words


@click.command()
@project_options
@click.argument("point", metavar="TO")
def rewind(project: Project, point: str) -> None:
    """Bring back the state of the point TO. `undo` takes it back.

    \b
    dify-emulator storage rewind 7         the state after round 7
    dify-emulator storage rewind 7^        the state before round 7
    """
    wind_back(project, point)


def wind_back(project: Project, point: str) -> None:
    """Bring back the state of a point, and say what that has changed. Raises NotThereError."""
    rewound = rewind_to(project.open_storage().store, point)
    changed = (
        f"{count_of(rewound.keys, 'key')} changed" if rewound.keys else "nothing was different"
    )
    reporting.say(f"Rewound to {in_words(point)}: {changed}.")
