"""The quota: how full the storage is, told by rounds that made it fuller."""

import pytest

from emulator.workspace.state_file import StateFile
from tests.insight.by_hand import Plugin, codes, told


@pytest.fixture
def plugin(state_file: StateFile) -> Plugin:
    return Plugin(state_file, limit=1000)


def test_from_four_fifths_on_it_is_told_with_the_largest_values(plugin: Plugin) -> None:
    sizes = {"a/small": 50, "a/large": 400, "medium": 250, "b": 100}
    for key, size in sizes.items():
        assert codes(plugin.set(key, b"x" * size)) == []
    assert told(plugin.set("b", b"x" * 101), "DE210") == (
        "The storage is 80.1 % full by Dify's count, 801 of 1000 bytes. "
        "Its largest values: 'a/large' (400), 'medium' (250), 'b' (101)."
    )


def test_a_refused_set_is_told_however_full_it_is(plugin: Plugin) -> None:
    notes = plugin.set("k", b"x" * 1001)
    assert told(notes, "DE210").startswith("The storage is 0.0 % full by Dify's count, 0 of 1000")
    assert "'k' (1001)" in told(notes, "DE210")


def test_a_round_that_made_it_no_fuller_is_not_told(plugin: Plugin) -> None:
    plugin.set("k", b"x" * 950)
    assert codes(plugin.set("k", b"y" * 950)) == []
    assert codes(plugin.set("k", b"y" * 940)) == []
    assert codes(plugin.get("k")) == []
    round = plugin.begin()
    round.set("a", b"")
    round.delete("a")
    assert codes(round.end()) == []


def test_a_plugin_that_may_store_nothing_is_told_so(state_file: StateFile) -> None:
    assert "DE210" in codes(Plugin(state_file, limit=0).set("k", b"x"))
