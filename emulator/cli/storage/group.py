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
    },
)
def storage() -> None:
    """Look at the storage of a workspace, and change it."""
