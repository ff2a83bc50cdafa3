"""A call that storage refused, and the plugin died of that or hid it.

A missing key raises on Dify, and so does a key that is a folder of another.
"""

from collections.abc import Iterator

from emulator.dify.finished import Finished
from emulator.dify.notes import Note, note
from emulator.insight.caught import catch_of
from emulator.insight.memory_use import MemoryUse, is_conflict
from emulator.insight.places import at
from emulator.insight.plugin_code import code_of
from emulator.workspace.recording import Operation

_MISSING = {"get": "DE202", "delete": "DE208"}


def refused_calls(round: Finished, use: MemoryUse) -> list[Note]:
    """DE202, DE207 and DE208. A handler that asks what was raised is right: nothing is said."""
    return [*_died(round, use), *_hidden(round, use)] if use.refused else []


def _died(round: Finished, use: MemoryUse) -> Iterator[Note]:
    for operation in reversed(use.refused):
        if round.failure is not None and operation.message in round.failure.message:
            yield _note(operation, "and the round ended with the exception that Dify raises then.")
            return


def _hidden(round: Finished, use: MemoryUse) -> Iterator[Note]:
    code = code_of(round)
    told = set()
    for operation in use.refused if code else ():
        catch = code and catch_of(code, operation.place)
        if catch and catch.hides and catch not in told:
            told.add(catch)
            hides = f"{catch.file}:{catch.line} hides the exception, and would hide any other"
            yield _note(operation, f"and {hides} failure of storage as well.")


def _note(operation: Operation, what_then: str) -> Note:
    call = f"{operation.op}({operation.key!r}){at(operation.place)}"
    if is_conflict(operation):
        happened = f"{call} met a key of which it is a folder, or the reverse, {what_then}"
        return note("DE207", happened)
    return note(_MISSING[operation.op], f"{call} found nothing, {what_then}")
