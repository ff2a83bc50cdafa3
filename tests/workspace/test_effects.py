"""What became of values: over a round, and between two points."""

import pytest

from emulator.workspace.effects import Effect, between, effects, written
from emulator.workspace.history import rewind_to
from emulator.workspace.points import find_point
from emulator.workspace.state_file import StateFile
from tests.support.memory import Memory


@pytest.fixture
def memory(state_file: StateFile) -> Memory:
    return Memory(state_file)


def different(memory: Memory, first: str, second: str = "now") -> list[Effect]:
    store = memory.store
    with store.reading():
        return list(between(store, find_point(store, first), find_point(store, second)))


def test_a_rounds_effects_are_taken_together_by_key(memory: Memory, state_file: StateFile) -> None:
    memory.round(("set", "b", b"1"), ("set", "gone", b"2"), ("set", "same", b"3"))
    number = memory.round(
        ("set", "b", b"4"),
        ("set", "a", b"5"),
        ("set", "b", b"6"),
        ("delete", "gone"),
        ("set", "same", b"3"),
        ("get", "b"),
        ("delete", "nobody"),
    )
    memory.round(("set", "b", b"later"))
    assert effects(state_file, number) == [
        Effect("a", None, b"5"),
        Effect("b", b"1", b"6"),
        Effect("gone", b"2", None),
        Effect("same", b"3", b"3"),
    ]
    assert written(state_file, number) == {"a": b"5", "b": b"6", "gone": None, "same": b"3"}


def test_they_are_those_of_one_round_of_several_that_overlap(
    memory: Memory, state_file: StateFile
) -> None:
    first, second = memory.begin(), memory.begin()
    memory.make(("set", "k", b"1"), round=first)
    memory.make(("set", "k", b"2"), ("set", "m", b"3"), round=second)
    memory.make(("set", "n", b"4"), round=first)
    memory.finish(first)
    assert effects(state_file, first) == [Effect("k", None, b"1"), Effect("n", None, b"4")]
    assert effects(state_file, second) == [Effect("k", b"1", b"2"), Effect("m", None, b"3")]


def test_between_two_points_is_what_is_different_at_the_second(memory: Memory) -> None:
    memory.round(("set", "a", b"1"), ("set", "b", b"2"), ("set", "c", b"3"))
    memory.round(("set", "a", b"11"), ("delete", "b"), ("set", "d", b"4"))
    memory.make(("set", "e", b"5"))
    forward = [Effect("a", b"1", b"11"), Effect("b", b"2", None), Effect("d", None, b"4")]
    assert different(memory, "1", "2") == forward
    assert different(memory, "2", "1") == [
        Effect(each.key, each.after, each.before) for each in forward
    ]
    assert different(memory, "2") == [Effect("e", None, b"5")]
    assert [each.key for each in different(memory, "start")] == ["a", "c", "d", "e"]
    assert different(memory, "2", "2") == []


def test_what_came_back_to_what_it_was_is_not_different(memory: Memory) -> None:
    memory.round(("set", "k", b"1"))
    memory.round(("set", "k", b"2"), ("set", "brief", b"3"))
    memory.round(("set", "k", b"1"), ("delete", "brief"))
    assert different(memory, "1", "3") == []
    assert [each.key for each in different(memory, "2", "3")] == ["brief", "k"]


def test_folders_are_not_different_but_what_is_in_them_is(memory: Memory) -> None:
    memory.round(("set", "f/x", b"1"))
    memory.round(("delete", "f"), ("set", "f", b"2"))
    assert different(memory, "1", "2") == [Effect("f", None, b"2"), Effect("f/x", b"1", None)]
    assert different(memory, "start", "1") == [Effect("f/x", None, b"1")]


def test_after_a_rewind_there_is_no_difference_to_its_point(memory: Memory) -> None:
    memory.round(("set", "k", b"1"))
    memory.round(("set", "k", b"2"), ("set", "m", b"3"))
    rewind_to(memory.store, "1")
    assert different(memory, "1") == []
    assert different(memory, "2") == [Effect("k", b"2", b"1"), Effect("m", b"3", None)]


def test_other_stores_make_no_difference(memory: Memory, state_file: StateFile) -> None:
    memory.round(("set", "k", b"1"))
    Memory(state_file, "trial").round(("set", "k", b"2"))
    Memory(state_file, plugin="some/other").round(("set", "k", b"3"))
    assert different(memory, "1") == []
    assert different(memory, "start") == [Effect("k", None, b"1")]
