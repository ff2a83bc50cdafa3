"""``snapshot``: each of its commands as a process."""

import re

import pytest

from tests.conftest import MakePlugin
from tests.support.emulator import Emulator
from tests.support.memory import Memory, memory_at

TOOLS = {"say": "yield self.create_text_message('hi')"}


@pytest.fixture
def emulator(make_plugin: MakePlugin) -> Emulator:
    return make_plugin(tools=TOOLS)


@pytest.fixture
def memory(emulator: Emulator) -> Memory:
    return memory_at(emulator.state)


def test_what_was_saved_is_restored_and_that_can_be_undone(
    emulator: Emulator, memory: Memory
) -> None:
    memory.make(("set", "k", b"1"))
    saved = emulator.ok("snapshot", "save", "before it")
    assert (saved.out, saved.err) == (b"", "Saved the snapshot 'before it'.\n")
    memory.make(("set", "k", b"2"), ("set", "m", b"3"))
    restored = emulator.ok("snapshot", "restore", "before it")
    assert restored.err == "Rewound to the snapshot 'before it': 2 keys changed.\n"
    assert memory.values() == {"k": b"1"}
    emulator.ok("storage", "undo")
    assert memory.values() == {"k": b"2", "m": b"3"}


def test_they_are_listed_the_latest_first(emulator: Emulator, memory: Memory) -> None:
    assert emulator.ok("snapshot", "list").out == b""
    assert emulator.ok("snapshot", "list", "--json").json == []
    emulator.ok("snapshot", "save", "esc\x1b[31m\nキー")
    memory.round(("set", "k", b"1"))
    emulator.ok("snapshot", "save", "mine")
    shown = emulator.ok("snapshot", "list").text.splitlines()
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
    assert re.fullmatch(rf"{time}    round 1  mine", shown[0])
    assert re.fullmatch(rf"{time}          -  esc\\x1b\[31m\\nキー", shown[1])
    rows = emulator.ok("snapshot", "list", "--json").json
    assert all(re.fullmatch(rf"{time}\.\d{{6}}Z", row.pop("at")) for row in rows)
    assert rows == [{"name": "mine", "round": 1}, {"name": "esc\x1b[31m\nキー", "round": None}]
    assert emulator.ok("snapshot", "list", "--json", "-w", "trial").json == []


def test_a_deleted_one_is_gone(emulator: Emulator) -> None:
    emulator.ok("snapshot", "save", "mine")
    assert emulator.ok("snapshot", "delete", "mine").err == "Deleted the snapshot 'mine'.\n"
    assert emulator.ok("snapshot", "list", "--json").json == []
    for command in ("delete", "restore"):
        result = emulator("snapshot", command, "mine")
        assert (result.code, result.out) == (1, b"")
        assert "There is no snapshot 'mine' in the workspace 'default'." in result.err


def test_a_name_that_is_taken_is_refused(emulator: Emulator) -> None:
    emulator.ok("snapshot", "save", "mine")
    result = emulator("snapshot", "save", "mine")
    assert result.code == 2
    assert "There is a snapshot 'mine' already." in result.err


@pytest.mark.parametrize("command", ["save", "restore"])
@pytest.mark.parametrize("name", ["1", "1^", "start", "now", ""])
def test_a_name_that_means_another_point_is_refused(
    emulator: Emulator, memory: Memory, command: str, name: str
) -> None:
    memory.round(("set", "k", b"1"))
    memory.make(("set", "k", b"2"))
    result = emulator("snapshot", command, name)
    assert result.code == 2
    assert f"cannot be called {name!r}" in result.err
    assert memory.values() == {"k": b"2"}
