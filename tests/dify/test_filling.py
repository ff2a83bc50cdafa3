"""Seeds and resets: all of it or nothing, as one operation of history, under Dify's rules."""

from multiprocessing import get_context
from pathlib import Path

import pytest

from emulator.dify.filling import reset, seed, seed_untouched
from emulator.dify.storage import Storage
from emulator.errors import RefusedError
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store
from tests.conftest import MakeStorage

VALUES = {"a/x": b"12345", "a/y": b"\x00\xff", "b": b""}


def values_of(storage: Storage) -> dict[str, bytes]:
    store = storage.store
    with store.reading():
        entries = [entry for entry in store.starting_with("") if not entry.is_folder]
        return {entry.key: store.read(entry) for entry in entries}


def operations_of(storage: Storage) -> list[tuple[str, str, str]]:
    rows = storage.store.file.connection.execute("SELECT op, key, outcome FROM operations")
    return rows.fetchall()


def counted(storage: Storage) -> int | None:
    with storage.store.reading():
        return storage.store.allocated


def test_a_seed_stores_all_its_values_as_one_operation(make_storage: MakeStorage) -> None:
    storage = make_storage()
    storage.set("before", b"stays")
    assert seed(storage, VALUES, "seed.yaml", replace=False) == 3
    assert values_of(storage) == {"before": b"stays", **VALUES}
    assert operations_of(storage) == [("set", "before", "ok"), ("seed", "seed.yaml", "ok")]
    assert counted(storage) == 12


def test_a_seed_that_replaces_leaves_only_its_own_values(make_storage: MakeStorage) -> None:
    storage = make_storage()
    for key in ("before", "a/x/in the way", "b"):
        storage.set(key, b"old")
    assert seed(storage, VALUES, "seed.yaml", replace=True) == 3
    assert values_of(storage) == VALUES
    assert counted(storage) == 7


def test_a_replaced_value_keeps_its_history_in_one_change(make_storage: MakeStorage) -> None:
    storage = make_storage()
    storage.set("b", b"old")
    seed(storage, {"b": b"new"}, "seed.yaml", replace=True)
    rows = storage.store.file.connection.execute(
        "SELECT x.data, y.data FROM changes JOIN blobs x ON x.id = before"
        " JOIN blobs y ON y.id = after WHERE key = 'b'"
    )
    assert rows.fetchall() == [(b"old", b"new")]


@pytest.mark.parametrize("replace", [False, True], ids=["added", "replacing"])
@pytest.mark.parametrize(
    ("values", "says"),
    [
        pytest.param({"a..b": b""}, "'a..b': invalid key: path traversal", id="traversal"),
        pytest.param({"x" * 257: b""}, "key length must be less than 256", id="a long key"),
        pytest.param({"x" * 256: b""}, "file name too long", id="a long name"),
        pytest.param({"new": b"", "new/below": b""}, "not a directory", id="below a value"),
        pytest.param({"a/b": b"", "a": b""}, "is a directory", id="a folder"),
        pytest.param({"a\0b": b""}, "invalid argument", id="a NUL"),
        pytest.param({"big": b"x" * 1025}, "allocated size is greater", id="a large value"),
        pytest.param({"a": b"x" * 600, "b": b"x" * 600}, "'b': allocated size", id="the sum"),
    ],
)
def test_a_seed_that_dify_refuses_changes_nothing(
    make_storage: MakeStorage, values: dict[str, bytes], says: str, replace: bool
) -> None:
    storage = make_storage(1024)
    storage.set("before", b"stays")
    with pytest.raises(RefusedError) as refusal:
        seed(storage, {"first": b"x", **values}, "my.yaml", replace=replace)
    assert refusal.value.message.startswith("my.yaml: Dify would refuse the key '")
    assert says in refusal.value.message
    assert refusal.value.advice == "Nothing was changed."
    assert values_of(storage) == {"before": b"stays"}
    assert (counted(storage), operations_of(storage)) == (5, [("set", "before", "ok")])


def test_exactly_the_quota_is_taken(make_storage: MakeStorage) -> None:
    storage = make_storage(1024)
    seed(storage, {"a": b"x" * 1000, "b": b"x" * 24}, "s", replace=False)
    assert counted(storage) == 1024
    seed(storage, {"a": b"y" * 24, "b": b"y" * 1000}, "s", replace=False)
    assert counted(storage) == 1024


def test_by_the_rules_of_objects_a_key_may_stand_below_a_key(make_storage: MakeStorage) -> None:
    storage = make_storage(rules="object-store")
    seed(storage, {"a": b"1", "a/b": b"2"}, "s", replace=False)
    assert values_of(storage) == {"a": b"1", "a/b": b"2"}


def test_a_reset_removes_all_as_one_operation(make_storage: MakeStorage) -> None:
    storage = make_storage()
    seed(storage, VALUES, "s", replace=False)
    assert reset(storage) == 3
    assert (values_of(storage), counted(storage)) == ({}, None)
    assert operations_of(storage)[1:] == [("reset", "", "ok")]
    assert storage.exist("a").found is False
    assert reset(storage) == 0


def test_a_reset_with_a_prefix_removes_what_begins_so(make_storage: MakeStorage) -> None:
    storage = make_storage()
    seed(storage, {**VALUES, "ab": b"123"}, "s", replace=False)
    assert reset(storage, "a/") == 2
    assert values_of(storage) == {"ab": b"123", "b": b""}
    assert (counted(storage), storage.exist("a").found) == (3, True)
    assert reset(storage, "a") == 1
    assert (values_of(storage), storage.exist("a").found) == ({"b": b""}, False)


def test_a_reset_of_one_plugin_leaves_the_others_alone(make_storage: MakeStorage) -> None:
    one, other = make_storage(plugin="a/one"), make_storage(plugin="a/other")
    for storage in (one, other):
        storage.set("k", b"v")
    reset(one)
    assert (values_of(one), values_of(other)) == ({}, {"k": b"v"})


def test_what_was_never_used_is_seeded_once(make_storage: MakeStorage) -> None:
    storage = make_storage()
    assert seed_untouched(storage, VALUES, "s") is True
    assert seed_untouched(storage, {"more": b""}, "s") is False
    assert values_of(storage) == VALUES


def test_what_was_emptied_is_not_seeded_again(make_storage: MakeStorage) -> None:
    emptied, deleted = make_storage(plugin="a/emptied"), make_storage(plugin="a/deleted")
    for storage in (emptied, deleted):
        storage.set("k", b"")
    reset(emptied)
    deleted.delete("k")
    for storage in (emptied, deleted):
        assert seed_untouched(storage, VALUES, "s") is False
        assert values_of(storage) == {}


def test_a_look_at_what_was_never_used_does_not_keep_it_from_its_seed(
    make_storage: MakeStorage,
) -> None:
    storage = make_storage()
    storage.get("k")
    storage.exist("k")
    storage.delete("k")
    assert seed_untouched(storage, VALUES, "s") is True


def test_a_seed_of_what_was_never_used_is_all_or_nothing(make_storage: MakeStorage) -> None:
    storage = make_storage()
    with pytest.raises(RefusedError):
        seed_untouched(storage, {"good": b"", "..": b""}, "s")
    assert values_of(storage) == {}
    assert seed_untouched(storage, VALUES, "s") is True


def test_of_many_processes_only_one_seeds(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    StateFile(path).close()
    with get_context("spawn").Pool(4) as pool:
        done = pool.starmap(seed_as, [(path, number) for number in range(8)])
    assert sorted(done) == [False] * 7 + [True]
    storage = Storage(Store(StateFile(path), "default", "a/b"), None)
    assert values_of(storage) == {"by": str(done.index(True)).encode()}


def seed_as(path: Path, number: int) -> bool:
    storage = Storage(Store(StateFile(path), "default", "a/b"), None)
    return seed_untouched(storage, {"by": str(number).encode()}, "s")
