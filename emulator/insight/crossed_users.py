"""Crossed users: a round of one user read what a round of another had written for itself.

Dify's storage belongs to the workspace, not to the user (D core/persistence/persistence.go).
"""

from collections.abc import Iterator

from emulator.dify.finished import Finished
from emulator.dify.keys import path_of
from emulator.dify.notes import Note, note
from emulator.insight.memory_use import MemoryUse
from emulator.insight.named_users import names
from emulator.insight.places import at
from emulator.workspace.recording import Operation
from emulator.workspace.versions import writer_of


def crossed_users(round: Finished, use: MemoryUse) -> list[Note]:
    """DE214."""
    user = round.invocation.caller.user_id
    if not user or not use.gets:  # an endpoint has no user
        return []
    read = {path: get for get in use.gets if not names(path := path_of(get.key), user)}
    if not read:
        return []
    with round.storage.store.reading():
        return list(_crossings(round, user, read))


def _crossings(round: Finished, user: str, read: dict[str, Operation]) -> Iterator[Note]:
    for path, get in read.items():
        writer = get.seen and writer_of(round.storage.store, path, get.seen)
        if not writer or not writer.user_id or writer.user_id == user:
            continue
        if not names(path, writer.user_id):
            yield note(
                "DE214",
                f"Round {round.number} of user {user!r} read {get.key!r}{at(get.place)}, which "
                f"round {writer.round} of user {writer.user_id!r} wrote{at(writer.place)}; "
                "the key names neither.",
            )
