"""The group ``storage``."""

import click

from emulator.cli.main import LazyGroup


@click.group(
    cls=LazyGroup,
    lazy={
        "list": "emulator.cli.storage.list:list_keys",
        "get": "emulator.cli.storage.get:get",
        "set": "emulator.cli.storage.set:set_value",
        "delete": "emulator.cli.storage.delete:delete",
        "reset": "emulator.cli.storage.reset:reset",
        "seed": "emulator.cli.storage.seed:seed",
        "export": "emulator.cli.storage.export:export",
        "usage": "emulator.cli.storage.usage:usage",
        "history": "emulator.cli.storage.history:history",
        "blame": "emulator.cli.storage.blame:blame",
        "diff": "emulator.cli.storage.diff:diff",
        "rewind": "emulator.cli.storage.rewind:rewind",
        "undo": "emulator.cli.storage.undo:undo",
    },
)
def storage() -> None:
    """Look at the storage of a workspace and its history, change it, and wind it back.

    A point of history is a round (7: the state after it), a round's beginning (7^), a snapshot's
    name, `start` or `now`.
    """
