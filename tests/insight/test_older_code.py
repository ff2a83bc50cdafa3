"""A value of older code that the present code failed on."""

import json
import pickle
from dataclasses import dataclass

import pytest

from emulator.dify.finished import Failure
from emulator.workspace.history import now, rewind
from emulator.workspace.state_file import StateFile
from tests.insight.by_hand import Plugin, codes, told

OLD = "profile = {'name': name}"
NEW = "profile['mail'], profile['name'], profile['age']"


@dataclass
class Visits:
    count: int = 1


PICKLE = pickle.dumps(Visits())
JSON = json.dumps({"name": "Ada", "more": [{"age": 5}]}).encode()


@pytest.fixture
def plugin(state_file: StateFile) -> Plugin:
    return Plugin(state_file, profile=OLD)


def failed(
    plugin: Plugin, value: bytes, kind: str | None, message: str, *, saved: bool = True
) -> list[str]:
    """The codes that a round gets which read the value and failed so."""
    plugin.save(profile=OLD)
    plugin.set("ada", value)
    if saved:
        plugin.save(profile=NEW)
    round = plugin.begin()
    round.get("ada")
    return codes(round.end(Failure(kind, message)))


def test_who_wrote_it_and_when_is_told(plugin: Plugin) -> None:
    plugin.set("ada", b"Ada", at="profile.py:7")
    plugin.save(profile=NEW)
    round = plugin.begin()
    round.get("ada", "profile.py:9 < tools/show.py:4")
    message = "Expecting value: line 1 column 1 (char 0)\nand more"
    assert told(round.end(Failure("JSONDecodeError", message)), "DE217") == (
        "Round 2 failed with JSONDecodeError: Expecting value: line 1 column 1 (char 0); the value "
        "of 'ada' that it had read (profile.py:9) was written by older code, in round 1 "
        "of generation 1 (profile.py:7)."
    )


FAILURES = {
    "text is no JSON": (b"Ada", "JSONDecodeError", "Expecting value: line 1 column 1 (char 0)"),
    "bytes are no text": (b"\xff", "UnicodeDecodeError", "'utf-8' codec can't decode byte 0xff"),
    "a class is gone": (PICKLE, "AttributeError", "Can't get attribute 'Visits' on <module>"),
    "an attribute is new": (PICKLE, "AttributeError", "'Visits' object has no attribute 'last'"),
    "a module is gone": (PICKLE, "ModuleNotFoundError", "No module named 'visits'"),
    "a name is gone": (PICKLE, "ImportError", "cannot import name 'Visits' from 'visits'"),
    "JSON is no pickle": (JSON, "UnpicklingError", "invalid load key, '{'."),
    "nothing is no pickle": (b"", "EOFError", "Ran out of input"),
    "text is no base64": (b"Ada", "Error", "Incorrect padding"),
    "a field is new": (JSON, "KeyError", "'mail'"),
}

OTHERS = {
    "JSON was not the trouble": (JSON, "JSONDecodeError", "Expecting value: line 1 column 1"),
    "text was not the trouble": (JSON, "UnicodeDecodeError", "'utf-8' codec can't decode"),
    "no object was read": (JSON, "AttributeError", "'NoneType' object has no attribute 'x'"),
    "no module was read": (JSON, "ModuleNotFoundError", "No module named 'httpx'"),
    "the field is there": (JSON, "KeyError", "'name'"),
    "the field is there, further in": (JSON, "KeyError", "'age'"),
    "no code spells this out": (JSON, "KeyError", "'colour'"),
    "there are no fields": (b"[1]", "KeyError", "'mail'"),
    "this is no failure of reading": (b"Ada", "ValueError", "no"),
    "nor is this": (b"Ada", None, '{"error": "no such file"}'),
}


@pytest.mark.parametrize("case", FAILURES)
@pytest.mark.parametrize("is_known", [True, False], ids=["tool", "endpoint"])
def test_each_way_to_fail_on_an_older_value(plugin: Plugin, case: str, is_known: bool) -> None:
    value, kind, message = FAILURES[case]
    assert failed(plugin, value, kind if is_known else None, message) == ["DE217"]


@pytest.mark.parametrize("case", FAILURES)
def test_the_present_code_has_itself_to_blame(plugin: Plugin, case: str) -> None:
    assert failed(plugin, *FAILURES[case], saved=False) == []


@pytest.mark.parametrize("case", OTHERS)
def test_other_failures_are_not_put_down_to_age(plugin: Plugin, case: str) -> None:
    assert failed(plugin, *OTHERS[case]) == []


def test_the_value_is_found_among_others(plugin: Plugin) -> None:
    for key, value in {"a": JSON, "b": b"Ada", "c": JSON}.items():
        plugin.set(key, value)
    plugin.save(profile=NEW)
    plugin.set("d", b"new")
    round = plugin.begin()
    for key in "abcd":
        round.get(key)
    notes = round.end(Failure("JSONDecodeError", "Expecting value: line 1 column 1 (char 0)"))
    assert "'b'" in told(notes, "DE217")


def test_a_rewind_has_not_made_it_young(plugin: Plugin) -> None:
    plugin.set("ada", b"Ada")
    point = now(plugin.storage.store)
    plugin.save(profile=NEW)
    plugin.set("ada", JSON)
    rewind(plugin.storage.store, point)
    round = plugin.begin()
    round.get("ada")
    notes = round.end(Failure("JSONDecodeError", "Expecting value: line 1 column 1 (char 0)"))
    assert "in round 1 " in told(notes, "DE217")


def test_what_no_round_wrote_has_no_code(plugin: Plugin) -> None:
    plugin.storage.set("ada", b"Ada")
    round = plugin.begin()
    round.get("ada")
    assert codes(round.end(Failure("JSONDecodeError", "Expecting value: line 1 column 1"))) == []
