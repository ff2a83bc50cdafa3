"""The versions of values, and who wrote them."""

from functools import partial

import pytest

from emulator.workspace.history import rewind, rewind_to, undo
from emulator.workspace.snapshots import save
from emulator.workspace.state_file import StateFile
from emulator.workspace.versions import Blame, Version, blame, blame_of, versions, versions_of
from tests.support.memory import Memory

LARGE = b"x" * 20_000
"""Kept once, however often it is stored."""


@pytest.fixture
def memory(state_file: StateFile) -> Memory:
    return Memory(state_file)


def all_versions(memory: Memory) -> list[Version]:
    with memory.store.reading():
        return list(versions(memory.store))


def of_key(memory: Memory, key: str) -> list[Version]:
    with memory.store.reading():
        return list(versions_of(memory.store, key))


def blamed(memory: Memory, key: str) -> Blame | None:
    with memory.store.reading():
        return blame_of(memory.store, key)


def writers(memory: Memory, key: str) -> tuple[int | None, int | None]:
    """The rounds that wrote a key last and first."""
    found = blamed(memory, key)
    assert found
    return found.last.round, found.first.round if found.first else None


def test_each_change_is_a_version_with_who_made_it(memory: Memory) -> None:
    first = memory.round(
        ("set", "k", b"1"),
        target="remember",
        user_id="ada",
        conversation_id="c-1",
        generation=3,
        code="abc",
        place="tools/remember.py:14",
    )
    memory.make(("set", "k", b"22"))
    second = memory.round(
        ("delete", "k"), kind="endpoint", target="DELETE /k", user_id="", place="app.py:3 < x.py:7"
    )
    assert [
        (each.op, each.round, each.size, each.place, each.kind, each.target, each.user_id)
        for each in of_key(memory, "k")
    ] == [
        ("delete", second, None, "app.py:3 < x.py:7", "endpoint", "DELETE /k", ""),
        ("set", None, 2, None, None, None, None),
        ("set", first, 1, "tools/remember.py:14", "tool", "remember", "ada"),
    ]
    version = of_key(memory, "k")[-1]
    assert (version.conversation_id, version.generation, version.code) == ("c-1", 3, "abc")


def test_the_versions_of_all_keys_are_those_of_each_the_latest_first(memory: Memory) -> None:
    memory.round(("set", "a", b"1"), ("set", "b", b"2"), ("get", "a"))
    memory.round(("delete", "b"), ("set", "a/impossible", b""))
    memory.make(("set", "c", b""))
    rewind_to(memory.store, "1")
    found = all_versions(memory)
    assert [(each.op, each.key) for each in found] == [
        ("rewind", "b"),
        ("rewind", "c"),
        ("set", "c"),
        ("delete", "b"),
        ("set", "b"),
        ("set", "a"),
    ]
    for key in "abc":
        assert of_key(memory, key) == [each for each in found if each.key == key]
    assert of_key(memory, "nobody") == []


def test_folders_have_no_versions_but_what_went_with_them_has(memory: Memory) -> None:
    memory.make(("set", "f/x", b"1"))
    memory.make(("delete", "f"))
    assert [(each.key, each.op, each.size) for each in all_versions(memory)] == [
        ("f/x", "delete", None),
        ("f/x", "set", 1),
    ]
    memory.make(("set", "f", b"22"))
    assert [each.size for each in of_key(memory, "f")] == [2]


def test_what_was_set_over_the_quota_is_a_version(state_file: StateFile) -> None:
    memory = Memory(state_file)
    memory.storage.limit = 1
    memory.make(("set", "k", b"too much"))
    assert [(each.op, each.size) for each in of_key(memory, "k")] == [("set", 8)]


def test_versions_are_those_of_one_store(memory: Memory, state_file: StateFile) -> None:
    for other in (Memory(state_file, "trial"), Memory(state_file, plugin="some/other")):
        other.round(("set", "k", b"theirs"))
    number = memory.round(("set", "k", b"1"))
    assert [each.round for each in all_versions(memory)] == [number]
    assert [each.round for each in of_key(memory, "k")] == [number]
    assert writers(memory, "k") == (number, number)


def test_blame_names_who_wrote_it_last_and_first(memory: Memory) -> None:
    first = memory.round(("set", "k", b"1"))
    memory.round(("set", "k", b"2"))
    last = memory.round(("set", "k", b"3"), ("set", "other", b""))
    assert writers(memory, "k") == (last, first)
    assert writers(memory, "other") == (last, last)


def test_first_is_who_wrote_it_when_there_was_nothing(memory: Memory) -> None:
    memory.round(("set", "k", b"1"))
    memory.round(("delete", "k"))
    again = memory.round(("set", "k", b"2"))
    last = memory.round(("set", "k", b"3"))
    assert writers(memory, "k") == (last, again)


def test_blame_has_the_keys_that_are_there_and_begin_so(memory: Memory) -> None:
    memory.round(("set", "f/a", b""), ("set", "f/b", b""), ("set", "fa", b""), ("set", "g", b""))
    memory.round(("delete", "f/b"))
    with memory.store.reading():
        assert [each.key for each in blame(memory.store)] == ["f/a", "fa", "g"]
        assert [each.key for each in blame(memory.store, "f")] == ["f/a", "fa"]
        assert [each.key for each in blame(memory.store, "f/")] == ["f/a"]
    assert [blamed(memory, key) for key in ("f", "f/b", "nobody")] == [None] * 3


def test_a_rewind_is_no_writer(memory: Memory) -> None:
    first = memory.round(("set", "k", b"1"))
    second = memory.round(("set", "k", b"2"))
    memory.round(("delete", "k"))
    rewind_to(memory.store, str(second))
    assert writers(memory, "k") == (second, first)
    rewind_to(memory.store, str(first))
    assert writers(memory, "k") == (first, first)
    last = memory.round(("set", "k", b"4"))
    assert writers(memory, "k") == (last, first)
    undo(memory.store)
    assert writers(memory, "k") == (first, first)


def test_nor_is_a_rewind_to_a_rewind(memory: Memory) -> None:
    first = memory.round(("set", "k", b"1"))
    memory.round(("set", "k", b"2"))
    rewind_to(memory.store, str(first))
    back = rewind(memory.store, 0).operation
    assert blamed(memory, "k") is None
    rewind(memory.store, back - 1)
    assert writers(memory, "k") == (first, first)


def test_who_made_a_key_that_was_wound_away_is_not_first(memory: Memory) -> None:
    first = memory.round(("set", "k", b"1"))
    memory.round(("delete", "k"))
    memory.round(("set", "k", b"by somebody else"))
    rewind_to(memory.store, str(first))
    assert writers(memory, "k") == (first, first)


def test_of_a_value_that_the_limit_left_the_last_writer_is_known(memory: Memory) -> None:
    memory.round(("set", "k", b"1"))
    last = memory.round(("set", "k", b"2"), place="tools/remember.py:14", user_id="bob")
    for _ in range(3):
        memory.round(("set", "other", b""))
    memory.keep_only(1)
    assert writers(memory, "k") == (last, None)
    found = blamed(memory, "k")
    assert found
    assert (found.last.place, found.last.user_id) == ("tools/remember.py:14", "bob")
    assert of_key(memory, "k") == []
    assert {each.key for each in all_versions(memory)} == {"other"}


def test_a_writer_that_the_limit_has_dropped_is_not_made_up(memory: Memory) -> None:
    memory.round(("set", "stays", b""))
    memory.round(("set", "k", b"1"))
    save(memory.store, "kept")
    memory.round(("set", "k", b"2"))
    memory.round(("set", "late", b""))
    memory.round(("set", "late", b""))
    memory.keep_only(1)
    rewind_to(memory.store, "kept")
    assert memory.values() == {"stays": b"", "k": b"1"}
    found = blamed(memory, "k")
    assert found
    assert (found.last.op, found.first) == ("rewind", None)
    last = memory.round(("set", "k", b"3"))
    assert writers(memory, "k") == (last, None)


def test_large_values_have_their_writers_too(memory: Memory) -> None:
    first = memory.round(("set", "k", LARGE))
    memory.round(("set", "k", b"small"))
    last = memory.round(("set", "k", LARGE))
    assert [each.size for each in of_key(memory, "k")] == [20_000, 5, 20_000]
    assert writers(memory, "k") == (last, first)


def test_the_latest_versions_cost_the_same_however_many_there_are(memory: Memory) -> None:
    connection = memory.store.file.connection
    costs = []
    for count in (10, 1000):
        for number in range(count):
            memory.storage.set("k", b"%d" % number)
        steps: list[int] = []  # one for each hundred instructions of SQLite's machine
        connection.set_progress_handler(partial(steps.append, 1), 100)
        with memory.store.reading():
            next(versions_of(memory.store, "k"))
        connection.set_progress_handler(None, 0)
        costs.append(len(steps))
    assert costs[1] <= costs[0] + 2
