"""Snapshots: names for points of history."""

import time

import pytest

from emulator.errors import NotThereError, UsageError
from emulator.workspace.history import rewind_to, undo
from emulator.workspace.snapshots import delete, save, snapshots
from emulator.workspace.state_file import StateFile
from tests.support.memory import Memory


@pytest.fixture
def memory(state_file: StateFile) -> Memory:
    return Memory(state_file)


def names(memory: Memory) -> list[str]:
    return [each.name for each in snapshots(memory.store)]


def test_a_snapshot_names_the_present_which_can_be_had_again(memory: Memory) -> None:
    memory.round(("set", "k", b"1"), ("set", "f/x", b""))
    save(memory.store, "mine")
    memory.round(("set", "k", b"22"), ("delete", "f"))
    rewind_to(memory.store, "mine")
    assert memory.values() == {"k": b"1", "f/x": b""}
    assert memory.store.allocated == 1
    undo(memory.store)
    assert memory.values() == {"k": b"22"}


def test_of_an_untouched_store_too(memory: Memory) -> None:
    save(memory.store, "empty")
    memory.make(("set", "k", b"1"))
    rewind_to(memory.store, "empty")
    assert (memory.values(), memory.store.allocated) == ({}, None)


def test_they_are_listed_the_latest_first_with_time_and_round(memory: Memory) -> None:
    before = time.time_ns() // 1000
    save(memory.store, "first")
    number = memory.round(("set", "k", b"1"))
    save(memory.store, "second")
    save(memory.store, "a third")
    found = list(snapshots(memory.store))
    assert [(each.name, each.round) for each in found] == [
        ("a third", number),
        ("second", number),
        ("first", None),
    ]
    times = [each.at for each in reversed(found)]
    assert sorted(times) == times
    assert before <= times[0] <= times[-1] <= time.time_ns() // 1000
    assert found[0].point == found[1].point > found[2].point


def test_a_name_is_given_once(memory: Memory) -> None:
    save(memory.store, "mine")
    memory.make(("set", "k", b"1"))
    with pytest.raises(UsageError) as refused:
        save(memory.store, "mine")
    assert refused.value.message == "There is a snapshot 'mine' already."
    rewind_to(memory.store, "mine")
    assert memory.values() == {}


@pytest.mark.parametrize("name", ["", "now", "7^"])
def test_a_name_that_means_another_point_is_refused(memory: Memory, name: str) -> None:
    with pytest.raises(UsageError):
        save(memory.store, name)
    assert names(memory) == []


def test_a_deleted_name_is_free_again(memory: Memory) -> None:
    save(memory.store, "mine")
    save(memory.store, "other")
    delete(memory.store, "mine")
    assert names(memory) == ["other"]
    memory.make(("set", "k", b"1"))
    save(memory.store, "mine")
    memory.make(("delete", "k"))
    rewind_to(memory.store, "mine")
    assert memory.values() == {"k": b"1"}


def test_what_is_not_there_cannot_be_deleted(memory: Memory) -> None:
    with pytest.raises(NotThereError) as refused:
        delete(memory.store, "mine")
    assert refused.value.message == "There is no snapshot 'mine' in the workspace 'default'."


def test_each_workspace_has_its_own(memory: Memory, state_file: StateFile) -> None:
    others = [Memory(state_file, "trial"), Memory(state_file, plugin="some/other")]
    save(memory.store, "mine")
    for other in others:
        assert names(other) == []
        other.make(("set", "k", b"theirs"))
        save(other.store, "mine")
        with pytest.raises(NotThereError):
            delete(other.store, "nobody's")
    delete(others[0].store, "mine")
    assert [names(each) for each in (memory, *others)] == [["mine"], [], ["mine"]]
    rewind_to(memory.store, "mine")
    assert others[1].values() == {"k": b"theirs"}


def test_what_a_snapshot_names_is_never_dropped(memory: Memory) -> None:
    memory.round(("set", "k", b"1"), ("set", "gone", b""))
    save(memory.store, "kept")
    memory.round(("set", "k", b"2"), ("delete", "gone"))
    for _ in range(3):
        memory.round(("set", "k", b"3"), ("set", "late", b""))
    memory.keep_only(1)
    with pytest.raises(NotThereError):
        rewind_to(memory.store, "2")
    rewind_to(memory.store, "kept")
    assert memory.values() == {"k": b"1", "gone": b""}
    undo(memory.store)
    assert memory.values() == {"k": b"3", "late": b""}
