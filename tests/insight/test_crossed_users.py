"""Crossed users: a round of one user read what a round of another had written."""

import pytest

from emulator.workspace.history import now, rewind
from emulator.workspace.state_file import StateFile
from tests.insight.by_hand import Plugin, codes, told


@pytest.fixture
def plugin(state_file: StateFile) -> Plugin:
    return Plugin(state_file)


def test_a_key_for_all_crosses_users(plugin: Plugin) -> None:
    plugin.set("notes", b"[]", "ada", at="tools/add.py:18 < tools/base.py:3")
    assert told(plugin.get("./notes", "bob", at="tools/list.py:9"), "DE214") == (
        "Round 2 of user 'bob' read './notes' (tools/list.py:9), which round 1 of user 'ada' "
        "wrote (tools/add.py:18); the key names neither."
    )


def test_a_key_that_names_either_does_not(plugin: Plugin) -> None:
    for key in ("notes/ada", "notes/BOB", "notes/616461", "notes/81b637d8"):  # hex, sha256
        plugin.set(key, b"[]", "ada")
        assert codes(plugin.get(key, "bob")) == [], key


def test_nobody_is_crossed_by_himself_or_by_what_has_no_user(plugin: Plugin) -> None:
    plugin.set("own", b"1", "ada")
    assert codes(plugin.get("own", "ada")) == []

    plugin.storage.set("command", b"1")
    assert codes(plugin.get("command", "bob")) == []

    endpoint = plugin.begin("", kind="endpoint")
    endpoint.set("posted", b"1")
    endpoint.get("own")
    assert codes(endpoint.end()) == []
    assert codes(plugin.get("posted", "bob")) == []


def test_a_round_may_read_what_it_has_written_itself(plugin: Plugin) -> None:
    plugin.set("k", b"1", "ada")
    round = plugin.begin("bob")
    round.set("k", b"2")
    round.get("k")
    assert codes(round.end()) == []


def test_that_a_key_exists_tells_nothing_of_anybody(plugin: Plugin) -> None:
    plugin.set("k", b"1", "ada")
    round = plugin.begin("bob")
    round.exist("k")
    round.get("missing")
    assert codes(round.end()) == []


def test_a_rewind_has_not_written_what_it_brought_back(plugin: Plugin) -> None:
    plugin.set("k", b"1", "ada")
    point = now(plugin.storage.store)
    plugin.set("k", b"2", "bob")
    rewind(plugin.storage.store, point)
    assert "round 1 of user 'ada'" in told(plugin.get("k", "bob"), "DE214")
    assert codes(plugin.get("k", "ada")) == []
