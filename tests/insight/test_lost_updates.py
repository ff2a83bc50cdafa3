"""A lost update: a round wrote over what another had written since it had looked."""

import pytest

from emulator.workspace.history import rewind
from emulator.workspace.state_file import StateFile
from tests.insight.by_hand import OpenRound, Plugin, codes, told


@pytest.fixture
def plugin(state_file: StateFile) -> Plugin:
    return Plugin(state_file, limit=100)


def test_of_two_counts_one_is_lost(plugin: Plugin) -> None:
    plugin.set("counter", b"1")
    slow, fast = plugin.begin(), plugin.begin("bob")
    for round in (slow, fast):
        round.get("counter", "tools/counter.py:15 < tools/base.py:9")
    fast.set("counter", b"2", "tools/count.py:20 < tools/base.py:9")
    slow.set("counter", b"3", "tools/counter.py:21")
    assert "DE213" not in codes(fast.end())
    assert told(slow.end(), "DE213") == (
        "Round 2 read 'counter' (tools/counter.py:15) and wrote it (tools/counter.py:21); "
        "in between round 3 wrote it (tools/count.py:20), and that is lost."
    )


def overlapping(plugin: Plugin) -> tuple[OpenRound, OpenRound]:
    plugin.set("k", b"1")
    return plugin.begin(), plugin.begin()


def lost(round: OpenRound) -> str | None:
    found = [each.happened for each in round.end() if each.code == "DE213"]
    return found[0].partition("; ")[0] if found else None


def test_what_both_have_made_is_lost_as_well(plugin: Plugin) -> None:
    one, other = plugin.begin(), plugin.begin()
    one.get("new")
    one.exist("newer")
    other.set("new", b"2")
    other.set("newer", b"2")
    one.set("new", b"1")
    one.set("newer", b"1")
    assert [each.happened.partition(" and ")[0] for each in one.end()] == [
        "Round 1 found no 'new'",
        "Round 1 found no 'newer'",
    ]


def test_a_deletion_can_be_lost_and_can_lose(plugin: Plugin) -> None:
    one, other = overlapping(plugin)
    one.get("k")
    other.delete("k")
    one.set("k", b"2")
    assert "in between round 3 deleted it" in told(one.end(), "DE213")

    one, other = overlapping(plugin)
    one.get("k")
    other.set("k", b"2")
    one.delete("k")
    assert lost(one) == "Round 5 read 'k' and deleted it"


def test_a_set_over_the_quota_has_written_too(plugin: Plugin) -> None:
    one, other = overlapping(plugin)
    one.get("k")
    other.set("k", b"2")
    one.set("k", b"x" * 101)
    assert lost(one) == "Round 2 read 'k' and wrote it"


def test_another_spelling_is_the_same_key(plugin: Plugin) -> None:
    plugin.set("a/k", b"1")
    one, other = plugin.begin(), plugin.begin()
    one.get("a//k")
    other.set("./a/k", b"2")
    one.set("/a/k", b"3")
    assert lost(one)


def test_a_second_write_loses_what_came_after_the_first(plugin: Plugin) -> None:
    one, other = overlapping(plugin)
    one.get("k")
    one.set("k", b"2")
    other.set("k", b"3")
    one.set("k", b"4")
    assert lost(one)


def test_the_last_get_counts_and_not_an_exist_after_it(plugin: Plugin) -> None:
    one, other = overlapping(plugin)
    one.get("k")
    other.set("k", b"2")
    one.exist("k")
    one.set("k", b"3")
    assert lost(one)

    one, other = overlapping(plugin)
    one.get("k")
    other.set("k", b"2")
    one.get("k")
    one.set("k", b"3")
    assert not lost(one)


def test_nothing_is_lost_where_nobody_looked_or_nothing_came_between(plugin: Plugin) -> None:
    one, other = overlapping(plugin)
    other.set("k", b"2")
    one.set("k", b"3")
    assert not lost(one)

    one, other = overlapping(plugin)
    other.get("k")
    other.set("k", b"2")
    one.get("k")
    one.set("k", b"3")
    assert not lost(one)
    assert not lost(other)


def test_of_two_that_count_one_further_one_is_lost(plugin: Plugin) -> None:
    one, other = overlapping(plugin)
    one.get("k")
    other.set("k", b"2")
    one.set("k", b"2")
    assert lost(one)


def test_what_has_not_changed_the_value_is_not_lost(plugin: Plugin) -> None:
    one, other = overlapping(plugin)
    one.get("k")
    other.set("k", b"2")
    other.set("k", b"1")
    one.set("k", b"3")
    assert not lost(one)


def test_two_may_make_the_same_of_nothing(plugin: Plugin) -> None:
    one, other = plugin.begin(), plugin.begin()
    one.exist("k")
    other.set("k", b"{}")
    one.set("k", b"{}")
    assert not lost(one)


def test_two_that_count_from_nothing_do_not_make_the_same(state_file: StateFile) -> None:
    counting = """\
        def count(storage):
            count = int(storage.get("k")) if storage.exist("k") else 0
            storage.set("k", str(count + 1).encode())
        def make(storage):
            if not storage.exist("k"):
                storage.set("k", b"1")
    """
    plugin = Plugin(state_file, counter=counting)
    for line, is_lost in ((3, True), (6, False)):
        plugin.storage.delete("k")
        one, other = plugin.begin(), plugin.begin()
        one.exist("k", f"counter.py:{line - 1}")
        other.set("k", b"1", f"counter.py:{line}")
        one.set("k", b"1", f"counter.py:{line}")
        assert bool(lost(one)) is is_lost


def test_that_something_exists_stays_true_whatever_its_value(plugin: Plugin) -> None:
    one, other = overlapping(plugin)
    one.exist("k")
    other.set("k", b"2")
    one.set("k", b"3")
    assert not lost(one)


def test_what_a_round_does_itself_is_not_lost(plugin: Plugin) -> None:
    round, _ = overlapping(plugin)
    round.get("k")
    for value in (b"2", b"3"):
        round.set("k", value)
    round.delete("k")
    round.set("k", b"4")
    round.set("a/b", b"5")
    round.get("a/b")
    round.delete("a")
    round.set("a/b", b"6")
    assert not lost(round)


def test_what_people_do_meanwhile_is_no_update_of_a_round(plugin: Plugin) -> None:
    one, _ = overlapping(plugin)
    one.get("k")
    plugin.storage.set("k", b"2")
    one.set("k", b"3")
    assert not lost(one)

    plugin.set("k", b"1")
    one = plugin.begin()
    one.get("k")
    rewind(plugin.storage.store, 1)
    one.set("k", b"3")
    assert not lost(one)


def test_a_look_that_failed_has_seen_nothing(plugin: Plugin) -> None:
    plugin.set("k", b"1")
    one = plugin.begin()
    request = {"opt": "get", "key": "k"}
    one.operations.append(plugin.storage.record_refused(request, "broken pipe", one.number))
    one.set("k", b"2")
    assert not lost(one)
