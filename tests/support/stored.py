"""What stands in a state file, read without the command line."""

import contextlib
from pathlib import Path

from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store


def stored(
    state: Path, workspace: str = "default", plugin: str = "tests/plugin"
) -> dict[str, bytes]:
    """All keys and values of a plugin in a workspace."""
    with contextlib.closing(StateFile(state / "state.db")) as file:
        store = Store(file, workspace, plugin)
        with store.reading():
            values = [entry for entry in store.starting_with("") if not entry.is_folder]
            return {entry.key: store.read(entry) for entry in values}


def counted(state: Path, workspace: str = "default", plugin: str = "tests/plugin") -> int | None:
    """Dify's own count of the bytes used."""
    with contextlib.closing(StateFile(state / "state.db")) as file:
        store = Store(file, workspace, plugin)
        with store.reading():
            return store.allocated
