"""A store: entries, their history, and what both cost."""

import time
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.workspace.recording import Operation
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store, range_of


@pytest.fixture
def store(state_file: StateFile) -> Store:
    return Store(state_file, "default", "a/b")


def put(store: Store, key: str, value: bytes, round: int | None = None) -> int:
    with store.transaction():
        store.put(key, value)
        return store.record(Operation("set", key, "ok", round=round))


def test_workspaces_and_plugins_do_not_see_each_other(state_file: StateFile) -> None:
    stores = [Store(state_file, *names) for names in (("one", "p"), ("two", "p"), ("one", "q"))]
    for number, store in enumerate(stores):
        put(store, "k", bytes([number]))
    for number, store in enumerate(stores):
        with store.reading():
            assert store.read(store.starting_with("")[0]) == bytes([number])


def test_a_listing_tells_size_and_round_of_the_last_change(store: Store) -> None:
    put(store, "k", b"12345")
    put(store, "k", b"123", round=7)
    with store.reading():
        (value,) = store.values()
    assert (value.key, value.size, value.round) == ("k", 3, 7)


def test_folders_are_entries_but_not_values(store: Store) -> None:
    with store.transaction():
        store.make_folder("a")
        store.put("a/x", b"1")
        store.put("b", b"2")
        store.record(Operation("set", "a/x", "ok"))
    with store.reading():
        assert [value.key for value in store.values()] == ["a/x", "b"]
        assert [entry.key for entry in store.below("a")] == ["a/x"]
        assert [entry.key for entry in store.starting_with("")] == ["a", "a/x", "b"]


def test_each_change_is_chained_to_the_one_before_it_also_over_a_deletion(store: Store) -> None:
    first = put(store, "k", b"1")
    second = put(store, "k", b"2")
    with store.transaction():
        store.remove("k")
        third = store.record(Operation("delete", "k", "ok"))
    fourth = put(store, "k", b"4")
    rows = store.file.connection.execute(
        "SELECT operation, previous, before IS NULL, after IS NULL FROM changes"
        " WHERE key = 'k' ORDER BY operation"
    ).fetchall()
    assert rows == [
        (first, None, 1, 0),
        (second, first, 0, 0),
        (third, second, 0, 1),
        (fourth, third, 1, 0),
    ]


def test_two_changes_of_one_key_in_one_operation_are_one(store: Store) -> None:
    put(store, "k", b"before")
    with store.transaction():
        store.remove("k")
        store.put("k", b"after")
        number = store.record(Operation("seed", "file", "ok"))
    rows = store.file.connection.execute(
        "SELECT b.data, a.data FROM changes JOIN blobs b ON b.id = before"
        " JOIN blobs a ON a.id = after WHERE operation = ?",
        (number,),
    ).fetchall()
    assert rows == [(b"before", b"after")]


def test_a_large_value_is_kept_once_however_often_it_is_stored(store: Store) -> None:
    for number in range(5):
        put(store, f"k{number}", b"x" * 100_000)
    (count,) = store.file.connection.execute(
        "SELECT count(*) FROM blobs WHERE size = 100000"
    ).fetchone()
    assert count == 1


def test_changes_without_an_operation_are_a_bug_and_are_rolled_back(store: Store) -> None:
    with pytest.raises(AssertionError), store.transaction():
        store.put("k", b"1")
    with store.reading():
        assert store.starting_with("") == []


@given(st.text(max_size=5), st.text(max_size=8))
def test_a_range_holds_just_the_keys_with_its_prefix(prefix: str, key: str) -> None:
    low, high = range_of(prefix)
    in_range = low.encode() <= key.encode() < high.encode()
    assert in_range == key.startswith(prefix)


@pytest.mark.slow
def test_at_a_million_keys_an_operation_costs_what_it_costs_at_a_thousand(tmp_path: Path) -> None:
    def cost(keys: int) -> float:
        store = Store(StateFile(tmp_path / str(keys) / "state.db"), "default", "a/b")
        with store.transaction():
            store.put("first", b"")
            store.record(Operation("seed", "", "ok"))
            store.file.connection.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
                " INSERT INTO blobs (size, data) SELECT 20, randomblob(20) FROM n",
                (keys,),
            )
            store.file.connection.execute(
                "INSERT INTO entries (scope, key, blob, operation)"
                " SELECT ?, printf('key/%08d', id), id, 1 FROM blobs WHERE id > 1",
                (store.scope,),
            )
        times = []
        for number in range(400):
            key = f"key/{(number * 7919) % keys + 2:08d}"
            started = time.perf_counter()
            put(store, key, number.to_bytes(8, "big"))
            with store.transaction():
                entry = store.find(key)
                assert entry is not None
                assert store.read(entry) == number.to_bytes(8, "big")
            times.append(time.perf_counter() - started)
        return median(times)

    few, many = cost(1_000), cost(1_000_000)
    # The tree is two levels deeper and its pages are not in the cache: not a matter of scale.
    assert many < 3 * few + 0.001
