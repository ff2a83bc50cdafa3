"""A lost update: a round wrote over what another had written since it had looked."""

from collections.abc import Iterator
from dataclasses import dataclass

from emulator.dify.finished import Finished
from emulator.dify.keys import path_of
from emulator.dify.notes import Note, note
from emulator.insight.memory_use import MemoryUse, is_change, is_missing
from emulator.insight.places import at, steps
from emulator.insight.plugin_code import code_of
from emulator.workspace.blobs import read_blob
from emulator.workspace.recording import Operation
from emulator.workspace.store import Store
from emulator.workspace.versions import version_of


@dataclass(slots=True)
class _Known:
    """What a round knows of a key: by its last look at it, or because it has changed it since."""

    look: Operation
    number: int | None
    """The operation that wrote what is there; None if nothing is."""


def lost_updates(round: Finished, use: MemoryUse) -> list[Note]:
    """DE213."""
    if not use.sets and not use.deletes:
        return []
    suspects = list(_suspects(round.operations))
    if not suspects:
        return []
    store = round.storage.store
    with store.reading():
        found = [_lost(round, look, change) for look, change in suspects]
    return [each for each in found if each is not None]


def _suspects(operations: list[Operation]) -> Iterator[tuple[Operation, Operation]]:
    """Looks at keys, and changes of what was no longer what they had found."""
    known: dict[str, _Known] = {}
    for operation in operations:
        path = path_of(operation.key)
        if is_change(operation):
            if path in known:
                if _is_outdated(known[path], operation):
                    yield known[path].look, operation
                known[path].number = operation.number if operation.op == "set" else None
        elif (operation.op == "get" and (operation.outcome == "ok" or is_missing(operation))) or (
            operation.op == "exist" and operation.outcome == "ok" and path not in known
        ):
            known[path] = _Known(operation, operation.seen)


def _is_outdated(known: _Known, change: Operation) -> bool:
    if known.look.op == "exist":  # which tells nothing of the value
        return (known.number is None) != (change.seen is None)
    return known.number != change.seen


def _lost(round: Finished, look: Operation, change: Operation) -> Note | None:
    store, number, path = round.storage.store, round.number, path_of(change.key)
    made = change.number and version_of(store, path, change.number)
    other = made and made.previous and version_of(store, path, made.previous)
    if not made or not other or other.round in (None, number):
        return None
    # Two that have found nothing may well have made the same; two that count one further do, too.
    if look.op == "exist" and _is_conditional(round, change.place):
        compared = made.after
    else:
        seen = look.seen and version_of(store, path, look.seen)
        compared = seen.after if seen else None
    if _is_same(store, compared, made.before):
        return None
    found = "found no" if look.seen is None else "found" if look.op == "exist" else "read"
    did = {"set": "wrote", "delete": "deleted"}
    return note(
        "DE213",
        f"Round {number} {found} {change.key!r}{at(look.place)} and {did[change.op]} it"
        f"{at(change.place)}; in between round {other.round} {did[other.op]} it{at(other.place)},"
        " and that is lost.",
    )


def _is_conditional(round: Finished, place: str | None) -> bool:
    """Whether a call stands under an ``if``, such as one that asks for the key; or nobody knows."""
    code = code_of(round)
    return (
        code is None
        or place is None
        or any(code.is_conditional(file, line) for file, line in steps(place))
    )


def _is_same(store: Store, first: int | None, second: int | None) -> bool:
    """Whether two blobs hold the same value."""
    if first is None or second is None:
        return first == second
    db = store.file.connection
    return first == second or read_blob(db, first) == read_blob(db, second)
