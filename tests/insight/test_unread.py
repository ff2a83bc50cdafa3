"""A value never read."""

import pytest

from emulator.dify.notes import Note
from emulator.workspace.state_file import StateFile
from tests.insight.by_hand import Plugin, codes, told

WRITER = """
REPORT = "report.txt"
self.session.storage.set(REPORT, report)
"""
READER = """
def load(self, key):
    return self.session.storage.get(key)
"""


@pytest.fixture
def plugin(state_file: StateFile) -> Plugin:
    return Plugin(state_file, write=WRITER)


def write(plugin: Plugin, times: int, key: str = "report.txt") -> list[Note]:
    notes: list[Note] = []
    for number in range(times):
        notes = plugin.set(key, b"%d" % (number % 2), at="write.py:3")
    return notes


def test_ten_rounds_that_write_what_none_reads_are_told(plugin: Plugin) -> None:
    assert codes(write(plugin, 9)) == []
    assert told(write(plugin, 1), "DE215") == (
        "10 rounds or more have written 'report.txt' (write.py:3), and none has ever read it."
    )


def test_a_key_that_was_ever_read_is_not_told(plugin: Plugin) -> None:
    write(plugin, 5)
    plugin.get("./report.txt")
    assert codes(write(plugin, 20)) == []


def test_to_ask_whether_it_exists_is_to_read(plugin: Plugin) -> None:
    for _ in range(12):
        round = plugin.begin()
        round.exist("report.txt")
        round.set("report.txt", b"1")
        assert codes(round.end()) == []


def test_a_round_that_writes_it_often_counts_once(plugin: Plugin) -> None:
    write(plugin, 8)
    round = plugin.begin()
    for _ in range(12):
        round.set("report.txt", b"1")
    assert codes(round.end()) == []


def test_what_people_write_does_not_count(plugin: Plugin) -> None:
    write(plugin, 8)
    plugin.storage.set("report.txt", b"1")
    plugin.storage.get("report.txt")
    assert codes(write(plugin, 1)) == []
    assert codes(write(plugin, 1)) == ["DE215"]


def test_code_that_only_writes_need_not_have_run(plugin: Plugin) -> None:
    plugin.save(write=WRITER, late="self.session.storage.set(key, value)")
    assert codes(write(plugin, 10)) == ["DE215"]


def test_a_key_that_depends_on_input_may_be_read_with_other_input(plugin: Plugin) -> None:
    assert codes(write(plugin, 12, "files/report.txt")) == []


def test_as_long_as_some_code_that_may_read_has_not_run_it_is_not_told(plugin: Plugin) -> None:
    plugin.save(write=WRITER, read=READER)
    assert codes(write(plugin, 12)) == []
    plugin.get("other", at="read.py:3 < tools/show.py:1")
    assert codes(write(plugin, 1)) == ["DE215"]
