"""The group ``rounds``."""

import click

from emulator.cli.main import LazyGroup


@click.group(
    cls=LazyGroup,
    lazy={
        "list": "emulator.cli.rounds.list:list_rounds",
        "show": "emulator.cli.rounds.show:show",
        "replay": "emulator.cli.rounds.replay:replay",
    },
)
def rounds() -> None:
    """Look at the rounds that were run, and run them again."""
