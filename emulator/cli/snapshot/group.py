"""The group ``snapshot``."""

import click

from emulator.cli.main import LazyGroup


@click.group(
    cls=LazyGroup,
    lazy={
        "save": "emulator.cli.snapshot.save:save",
        "restore": "emulator.cli.snapshot.restore:restore",
        "list": "emulator.cli.snapshot.list:list_snapshots",
        "delete": "emulator.cli.snapshot.delete:delete",
    },
)
def snapshot() -> None:
    """Name points of history. What a snapshot names is never dropped from it."""
