"""A value of older code that the present code failed on: memory survived, the code changed."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from emulator.dify.finished import Failure, Finished
from emulator.dify.keys import path_of
from emulator.dify.notes import Note, note
from emulator.dify.storage import is_pickle
from emulator.insight.memory_use import MemoryUse
from emulator.insight.places import at
from emulator.insight.plugin_code import code_of
from emulator.workspace.blobs import read_blob
from emulator.workspace.recording import Operation
from emulator.workspace.versions import Version, version_of, writer_of

# What reading a value fails with. Of an endpoint's exception only the text is known.
_ERRORS = {
    "JSONDecodeError": r"line \d+ column \d+ \(char \d+\)$",
    "UnicodeDecodeError": r" codec can't decode ",
    "AttributeError": r"^Can't get attribute | has no attribute ",
    "ModuleNotFoundError": r"^No module named ",
    "ImportError": r"^cannot import name ",
    "UnpicklingError": r"^invalid load key|pickl",
    "EOFError": r"^Ran out of input$",
    "Error": r"padding|base64|hexadecimal|^Odd-length",  # binascii's
    "KeyError": r"^'[^']+'$",
}
_MOST_VALUES = 100
_MOST_TEXT = 120


def older_code(round: Finished, use: MemoryUse) -> list[Note]:
    """DE217."""
    failure = round.failure
    error = _error(failure) if failure and use.gets else None
    if not failure or not error:
        return []
    with round.storage.store.reading():
        older = list(_older(round, use.gets))
    for get, writer, value in older:
        if _fits(round, error, failure.message, value):
            text = failure.message.partition("\n")[0][:_MOST_TEXT]
            happened = (
                f"Round {round.number} failed with {error}: {text}; the value of {get.key!r} that "
                f"it had read{at(get.place)} was written by older code, in round {writer.round} of "
                f"generation {writer.generation}{at(writer.place)}."
            )
            return [note("DE217", happened)]
    return []


def _error(failure: Failure) -> str | None:
    if failure.type is not None:
        return failure.type if failure.type in _ERRORS else None
    texts = _ERRORS.items()
    return next((error for error, text in texts if re.search(text, failure.message)), None)


def _older(round: Finished, gets: list[Operation]) -> Iterator[tuple[Operation, Version, bytes]]:
    """What was read that rounds on other code had written, the last first; inside a view."""
    store = round.storage.store
    for get in islice(reversed(gets), _MOST_VALUES):
        path, number = path_of(get.key), get.seen or 0
        version, writer = version_of(store, path, number), writer_of(store, path, number)
        if not version or not writer or version.after is None:
            continue
        if writer.code and writer.code != round.code:
            yield get, writer, read_blob(store.file.connection, version.after)


def _fits(round: Finished, error: str, message: str, value: bytes) -> bool:
    """Whether reading this value can have failed so."""
    match error:
        case "JSONDecodeError":
            return _document(value) is None
        case "UnicodeDecodeError":
            return not value.isascii()
        case "AttributeError" | "ModuleNotFoundError" | "ImportError":
            return is_pickle(value)
        case "KeyError":
            name, code = message[1:-1], code_of(round)
            found = list(_mappings(_document(value)))
            # A name that the code does not spell out may be missing for what was asked.
            is_expected = code is not None and code.spells_out(name)
            return is_expected and found != [] and not any(name in each for each in found)
    return True


def _document(value: bytes) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _mappings(document: Any) -> Iterator[dict[str, Any]]:
    waiting = [document]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            yield item
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
