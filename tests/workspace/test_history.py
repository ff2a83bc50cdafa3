"""Winding memory back, case by case. test_history_model has what a plain model can tell."""

import pytest

from emulator.dify.storage import Storage
from emulator.errors import NotThereError
from emulator.workspace.effects import Effect, effects
from emulator.workspace.history import now, rewind, undo
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store
from tests.support.memory import Memory


@pytest.fixture
def memory(state_file: StateFile) -> Memory:
    return Memory(state_file)


def test_undo_takes_back_one_round_after_the_other(memory: Memory) -> None:
    first = memory.round(("set", "k", b"1"), ("set", "other", b"x"))
    second = memory.round(("set", "k", b"2"))
    undone = undo(memory.store)
    assert undone
    assert (undone.round, undone.keys) == (second, 1)
    assert memory.values() == {"k": b"1", "other": b"x"}
    undone = undo(memory.store)
    assert undone
    assert (undone.round, undone.keys) == (first, 2)
    assert (memory.values(), memory.store.allocated) == ({}, None)
    assert undo(memory.store) is None


def test_a_round_that_took_back_its_own_change_does_not_hold_up_undo(memory: Memory) -> None:
    first = memory.round(("set", "k", b"1"))
    second = memory.round(("set", "brief", b"2"), ("delete", "brief"))
    numbers = [undone.round for _ in range(2) if (undone := undo(memory.store))]
    assert numbers == [second, first]
    assert memory.values() == {}


def test_undo_of_a_rewind_gives_back_what_was_before(memory: Memory) -> None:
    start = now(memory.store)
    memory.round(("set", "k", b"1"))
    memory.round(("set", "k", b"2"), ("set", "m", b"3"))
    rewind(memory.store, start)
    assert (memory.values(), memory.store.allocated) == ({}, None)
    undone = undo(memory.store)
    assert undone
    assert (undone.op, undone.round) == ("rewind", None)
    assert (memory.values(), memory.store.allocated) == ({"k": b"2", "m": b"3"}, 2)


def test_after_an_undo_new_rounds_are_undone_before_older_ones(memory: Memory) -> None:
    memory.round(("set", "k", b"1"))
    memory.round(("set", "k", b"2"))
    undo(memory.store)
    memory.round(("set", "k", b"3"))
    undo(memory.store)
    assert memory.values() == {"k": b"1"}
    undo(memory.store)
    assert memory.values() == {}
    assert undo(memory.store) is None


def test_an_undone_round_can_be_had_again_by_rewinding_to_it(memory: Memory) -> None:
    memory.round(("set", "k", b"1"))
    point = now(memory.store)
    undo(memory.store)
    rewind(memory.store, point)
    assert memory.values() == {"k": b"1"}


def test_rounds_that_only_read_are_no_steps(memory: Memory) -> None:
    memory.round(("set", "k", b"1"))
    memory.round(("get", "k"))
    undo(memory.store)
    assert memory.values() == {}


def test_a_round_without_an_end_is_a_step_all_the_same(memory: Memory) -> None:
    memory.make(("set", "k", b"0"))
    killed = memory.begin()
    memory.make(("set", "k", b"1"), ("set", "k", b"2"), round=killed)
    undo(memory.store)
    assert memory.values() == {"k": b"0"}


def test_folders_come_back_with_what_is_below_them(memory: Memory) -> None:
    memory.round(("set", "f/x/1", b"1"), ("set", "f/2", b"2"), ("set", "k", b"3"))
    point, count = now(memory.store), memory.store.allocated
    memory.round(("delete", "f"))
    assert memory.values() == {"k": b"3"}
    memory.round(("set", "f", b"now a value"))
    rewind(memory.store, point)
    assert memory.values() == {"f/x/1": b"1", "f/2": b"2", "k": b"3"}
    assert memory.store.allocated == count
    assert memory.storage.exist("f/x").found
    assert memory.storage.set("f/x", b"").error  # a folder again, and Dify refuses that
    undo(memory.store)
    assert memory.values() == {"f": b"now a value", "k": b"3"}
    undo(memory.store)
    undo(memory.store)
    assert memory.values() == {"f/x/1": b"1", "f/2": b"2", "k": b"3"}


def test_a_folder_that_became_a_value_is_an_effect(memory: Memory, state_file: StateFile) -> None:
    memory.round(("set", "f/x", b"1"))
    number = memory.round(("delete", "f"), ("set", "f", b"2"))
    assert effects(state_file, number) == [
        Effect("f", None, b"2"),
        Effect("f/x", b"1", None),
    ]


def test_a_value_over_the_quota_is_stored_and_can_be_undone(state_file: StateFile) -> None:
    storage = Storage(Store(state_file, "default", "a/b"), 10)
    storage.set("k", b"12345")
    assert storage.set("k", b"x" * 100).error
    undo(storage.store)
    assert storage.get("k").value == b"12345"
    assert storage.store.allocated == 5


def test_undo_and_rewind_are_in_history_as_operations(memory: Memory) -> None:
    memory.round(("set", "k", b"1"))
    undone = undo(memory.store)
    assert undone
    again = rewind(memory.store, undone.operation - 1).operation
    rows = memory.store.file.connection.execute(
        "SELECT id, op, round FROM operations ORDER BY id DESC LIMIT 2"
    ).fetchall()
    assert rows == [(again, "rewind", None), (undone.operation, "undo", None)]
    with memory.store.reading():
        assert [value.round for value in memory.store.values()] == [None]


def test_a_rewind_that_brings_back_no_more_than_the_count_can_be_undone(memory: Memory) -> None:
    large = b"x" * 20_000  # kept once, so that it is the same when it is stored again
    memory.make(("set", "f/k", large))
    before = now(memory.store)
    memory.make(("delete", "f"), ("set", "f/k", large))
    count = memory.store.allocated
    assert rewind(memory.store, before).keys == 0
    assert memory.store.allocated == 20_000
    undo(memory.store)
    assert (memory.values(), memory.store.allocated) == ({"f/k": large}, count)
    assert count == 20_000 + 20_000 - 4096


def test_undo_ends_where_the_limit_of_history_has_cut_it(memory: Memory) -> None:
    for value in (b"1", b"2", b"3", b"4"):
        memory.round(("set", "k", value))
    memory.keep_only(2)
    assert [undone.round for _ in range(3) if (undone := undo(memory.store))] == [4, 3]
    assert memory.values() == {"k": b"2"}


def test_a_round_that_was_dropped_while_it_ran_cannot_be_undone(memory: Memory) -> None:
    hanging = memory.begin()
    memory.round(("set", "k", b"1"))
    memory.round(("set", "k", b"2"))
    memory.keep_only(1)
    memory.make(("set", "k", b"3"), round=hanging)
    assert undo(memory.store) is None
    memory.finish(hanging)
    with pytest.raises(NotThereError, match="is no longer in history"):
        memory.book.show(hanging)
    assert memory.values() == {"k": b"3"}


def test_a_rewind_to_a_point_that_was_dropped_is_refused(memory: Memory) -> None:
    memory.round(("set", "k", b"1"))
    point = now(memory.store)
    for value in (b"2", b"3", b"4"):
        memory.round(("set", "k", value))
    memory.keep_only(2)
    with pytest.raises(NotThereError, match=f"does not go back to operation {point} any more"):
        rewind(memory.store, point)
    assert memory.values() == {"k": b"4"}
