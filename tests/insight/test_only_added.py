"""Keys only ever added."""

import pytest

from emulator.dify.notes import Note
from emulator.workspace.history import rewind
from emulator.workspace.state_file import StateFile
from tests.insight.by_hand import Plugin, codes, told


@pytest.fixture
def plugin(state_file: StateFile) -> Plugin:
    return Plugin(state_file, visit="storage.set(key, value)")


def add(plugin: Plugin, numbers: range, folder: str = "visits/") -> list[Note]:
    notes: list[Note] = []
    for number in numbers:
        notes = plugin.set(f"{folder}{number}", b"1", at="visit.py:1")
    return notes


def test_the_twentieth_key_of_a_folder_is_told(plugin: Plugin) -> None:
    add(plugin, range(30), "visitors/")
    assert codes(add(plugin, range(18))) == []
    assert codes(plugin.set("visits/more/18", b"1")) == []
    assert told(add(plugin, range(19, 20)), "DE216") == (
        "Round 50 added 'visits/19' (visit.py:1) to 20 keys or more in 'visits/', of which the "
        "plugin never deletes any."
    )


def test_keys_without_a_folder_are_the_storages(plugin: Plugin) -> None:
    assert "20 keys or more in the storage, of" in told(add(plugin, range(20), ""), "DE216")


def test_to_overwrite_is_not_to_add(plugin: Plugin) -> None:
    add(plugin, range(20))
    assert codes(plugin.set("visits/3", b"2")) == []
    assert codes(plugin.set("visits//20", b"2")) == ["DE216"]


def test_one_note_is_enough_for_a_round(plugin: Plugin) -> None:
    round = plugin.begin()
    for number in range(500):
        round.set(f"visits/{number}", b"1")
    assert codes(round.end()) == ["DE216"]


def test_where_something_was_deleted_there_is_a_way(plugin: Plugin) -> None:
    round = plugin.begin()
    round.set("visits/x/y", b"1")
    round.delete("visits/x/y")
    round.end()
    assert codes(add(plugin, range(25))) == []


def test_a_rewind_or_a_person_is_not_the_plugins_way(plugin: Plugin) -> None:
    add(plugin, range(2))
    rewind(plugin.storage.store, 1)
    plugin.storage.set("visits/a", b"1")
    plugin.storage.delete("visits/a")
    assert codes(add(plugin, range(2, 25))) == ["DE216"]


@pytest.mark.parametrize("deleted", ["key", "'visits'", "f'visits/old/{user}'", "f'{key}'"])
def test_code_that_deletes_there_may_do_so_yet(plugin: Plugin, deleted: str) -> None:
    plugin.save(forget=f"storage.delete({deleted})")
    assert codes(add(plugin, range(25))) == []


def test_code_that_deletes_elsewhere_does_not_help(plugin: Plugin) -> None:
    plugin.save(forget="storage.delete(f'visitors/{user}')")
    assert codes(add(plugin, range(25))) == ["DE216"]
