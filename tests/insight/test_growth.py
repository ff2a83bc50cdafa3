"""A value that grows with every round that writes it."""

import pytest

from emulator.dify.notes import Note
from emulator.workspace.history import rewind
from emulator.workspace.state_file import StateFile
from tests.insight.by_hand import Plugin, codes, told

ADDS = "storage.set('notes', data)"


@pytest.fixture
def plugin(state_file: StateFile) -> Plugin:
    return Plugin(state_file, limit=100_000, add=ADDS)


def grow(plugin: Plugin, *sizes: int, key: str = "notes") -> list[Note]:
    """A round for each size; gives the notes of the last."""
    notes: list[Note] = []
    for size in sizes:
        notes = plugin.set(key, b"x" * size, at="add.py:1")
    return notes


def test_five_times_in_a_row_are_told(plugin: Plugin) -> None:
    assert codes(grow(plugin, 10, 20, 40, 41)) == []
    assert told(grow(plugin, 50), "DE211") == (
        "'notes' has grown in each of the last 5 rounds that wrote it (add.py:1), to 50 bytes, "
        "by about 10 a round: after about 9995 more it will be over the quota of 100000 bytes."
    )


def test_the_line_limit_may_be_nearer_than_the_quota(state_file: StateFile) -> None:
    notes = grow(Plugin(state_file, add=ADDS), *(500_000 * n for n in range(1, 6)))
    assert told(notes, "DE211").endswith(
        "with the next it will be over the 2621000 bytes that a line of stdout can carry."
    )


def test_others_may_write_other_keys_and_read_meanwhile(plugin: Plugin) -> None:
    for size in range(10, 60, 10):
        notes = grow(plugin, size)
        grow(plugin, 5, key="other")
        plugin.get("notes")
    assert codes(notes) == ["DE211"]


def test_a_round_that_writes_twice_counts_once(plugin: Plugin) -> None:
    for size in range(10, 50, 10):
        round = plugin.begin()
        round.set("notes", b"x" * size)
        round.set("notes", b"x" * (size + 5))
        assert codes(round.end()) == []
    round = plugin.begin()
    round.set("notes", b"x" * 65)
    round.set("notes", b"x" * 60)
    assert codes(round.end()) == ["DE211"]


@pytest.mark.parametrize(
    "sizes", [(10, 20, 30, 30, 40, 50), (10, 20, 30, 40, 39, 50), (50, 10, 20, 30, 40)]
)
def test_a_value_that_once_did_not_grow_is_not_told(plugin: Plugin, sizes: tuple[int]) -> None:
    assert codes(grow(plugin, *sizes)) == []


def test_what_was_not_a_round_is_not_counted(plugin: Plugin) -> None:
    grow(plugin, 10, 20)
    plugin.storage.set("notes", b"x" * 30)
    assert codes(grow(plugin, 40, 50)) == []
    point = plugin.storage.store
    grow(plugin, 60)
    rewind(point, 5)
    assert codes(grow(plugin, 60)) == []


DELETING = {
    "its key": "storage.delete('notes')",
    "its key, by a name": "NOTES = 'notes'\nstorage.delete(NOTES)",
    "any key": "storage.delete(key)",
    "a key that is computed": "storage.delete(key_of(user))",
    "whatever": "storage.delete(*keys)",
    "by name": "storage.delete(key='other')",
    "a function that is passed on": "clear(storage.delete, 'other')",
    "a function that is found": "getattr(storage, 'delete')('other')",
    "a folder of it": "storage.delete(f'no{rest}')",
}
DELETING_OTHERS = {
    "another key": "storage.delete('other')",
    "another key, by a name": "OTHER = 'other'\nstorage.delete(OTHER)",
    "keys of a folder": "storage.delete(f'files/{name}')",
    "a comment": "# storage.delete(key)",
}


@pytest.mark.parametrize("case", DELETING)
def test_code_that_could_delete_it_may_know_what_it_does(plugin: Plugin, case: str) -> None:
    plugin.save(add=ADDS, remove=DELETING[case])
    assert codes(grow(plugin, 10, 20, 30, 40, 50)) == []


@pytest.mark.parametrize("case", DELETING_OTHERS)
def test_code_that_deletes_others_does_not_help(plugin: Plugin, case: str) -> None:
    plugin.save(add=ADDS, remove=DELETING_OTHERS[case])
    assert codes(grow(plugin, 10, 20, 30, 40, 50)) == ["DE211"]


def test_near_a_limit_it_is_told_of_any_code(plugin: Plugin) -> None:
    plugin.save(add=ADDS, remove=DELETING["its key"])
    assert codes(grow(plugin, *(480 * n for n in range(1, 9)))) == []  # 200 more will do
    assert codes(grow(plugin, 480 * 9)) == ["DE211"]
