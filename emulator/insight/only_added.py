"""Keys only ever added: a folder that no code makes smaller."""

from emulator.dify.finished import Finished
from emulator.dify.keys import path_of
from emulator.dify.notes import Note, note
from emulator.insight.memory_use import MemoryUse
from emulator.insight.places import at
from emulator.insight.plugin_code import code_of
from emulator.workspace.usage import holds, was_removed

_KEYS = 20
"""That a folder has to hold."""


def only_added(round: Finished, use: MemoryUse) -> list[Note]:
    """DE216."""
    added = {_folder(each.key): each for each in use.sets if each.seen is None}
    if not added:
        return []
    store = round.storage.store
    with store.reading():
        suspects = [
            folder
            for folder in added
            if holds(store, folder, _KEYS) and not was_removed(store, folder)
        ]
    code = code_of(round) if suspects else None
    return [
        note(
            "DE216",
            f"Round {round.number} added {added[folder].key!r}{at(added[folder].place)} to "
            f"{_KEYS} keys or more in {repr(folder) if folder else 'the storage'}, of which the "
            "plugin never deletes any.",
        )
        for folder in suspects
        if code and not code.may_delete(folder)
    ]


def _folder(key: str) -> str:
    """What a key begins with, up to its last slash."""
    head, slash, _ = path_of(key).rpartition("/")
    return head + slash
