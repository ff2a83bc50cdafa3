"""Notes on single operations: what Dify makes of a key or a value, and what is not worth a word."""

import json
import pickle
from typing import Any

import pytest

from emulator.dify.storage import Storage
from tests.conftest import MakeStorage


@pytest.fixture
def storage(make_storage: MakeStorage) -> Storage:
    storage = make_storage(limit=1000)
    for key in ("a", "b/x", "b/y", "c/d/e"):
        storage.set(key, b"1")
    return storage


PICKLES = [pickle.dumps({"x": [1]}, protocol) for protocol in range(2, 6)]

NOTED: dict[str, list[tuple[Any, ...]]] = {
    "DE201": [("get", "b//x"), ("exist", "/a"), ("set", "b/./x", b""), ("get", "none/../a")],
    "DE203": [("set", "a", bytes(1000))],
    "DE204": [("delete", "b"), ("delete", "c/d")],
    "DE205": [("set", "v1..v2", b""), ("get", "..."), ("delete", "a\\b"), ("exist", "../a")],
    "DE206": [("set", "k" * 257, b""), ("set", "k" * 256, b""), ("get", "b/" + "\u00e9" * 128)],
    "DE207": [("set", "b", b""), ("get", "b"), ("set", "a/b", b""), ("get", "a/b")],
    "DE212": [("set", "a", value) for value in PICKLES],
}

NOT_NOTED: list[tuple[Any, ...]] = [
    ("get", "a"),
    ("get", "none"),
    ("delete", "none"),
    ("delete", "a"),
    ("exist", "none"),
    ("exist", "b"),
    ("set", "a", bytes(997)),
    ("set", "v1.v2/.x/x.", b""),
    ("set", f"{'k' * 128}/{'k' * 127}", b""),
    ("set", "k" * 255, b""),
    ("set", "b/z", b""),
    ("set", "a", json.dumps({"x": "\x80\x04."}).encode()),
    ("set", "a", pickle.dumps([1])[:-1]),
    ("set", "a", b"\x80\x01x."),
    ("set", "a", b""),
]


@pytest.mark.parametrize(
    ("code", "call"), [(code, call) for code, calls in NOTED.items() for call in calls]
)
def test_what_surprises_is_told(storage: Storage, code: str, call: tuple[Any, ...]) -> None:
    op, *given = call
    assert [each.code for each in getattr(storage, op)(*given).notes] == [code]


@pytest.mark.parametrize("call", NOT_NOTED)
def test_what_nearly_does_is_not(storage: Storage, call: tuple[Any, ...]) -> None:
    op, *given = call
    assert getattr(storage, op)(*given).notes == []


def test_how_much_a_folder_took_with_it_is_told(storage: Storage) -> None:
    (one,) = storage.delete("c").notes
    (two,) = storage.delete("b").notes
    assert one.happened == "delete('c') removed a folder with 1 value below it."
    assert two.happened == "delete('b') removed a folder with 2 values below it."
