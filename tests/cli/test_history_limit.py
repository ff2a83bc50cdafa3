"""A round of its own process keeps history within its limit when its result is printed."""

from pathlib import Path

import pytest

from emulator.cli import history_limit
from emulator.cli.history_limit import keep_history
from emulator.workspace.limit import HistoryLimit
from tests.conftest import MakePlugin
from tests.support.memory import Memory, memory_at
from tests.support.plugin import write_yaml


def kept(memory: Memory) -> list[int]:
    return [each.number for each in memory.book.rounds(memory.store.scope)]


def test_run_drops_what_is_over_the_limit(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools={"say": "yield self.create_text_message('said')"})
    write_yaml(emulator.plugin / "dify-emulator.yaml", {"history": {"rounds": 5}})
    memory = memory_at(emulator.state)
    for number in range(10):
        memory.round(("set", "k", b"%d" % number))
    memory.age()
    assert emulator.ok("run", "say", "--json").json["round"] == 11
    assert kept(memory) == [11, 10, 9, 8, 7]
    assert memory.values() == {"k": b"9"}


def test_a_history_that_cannot_be_kept_within_its_limit_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    memory = memory_at(tmp_path)
    for _ in range(3):
        memory.round()
    memory.age()
    (tmp_path / "clearing.lock").mkdir()
    keep_history(memory.store.file, HistoryLimit(rounds=1))
    said = capsys.readouterr()
    assert "History was not kept within its limit: " in said.err
    assert f"{tmp_path / 'clearing.lock'}: Is a directory." in said.err
    assert said.out == ""
    assert kept(memory) == [3, 2, 1]


def test_a_command_does_not_take_long_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = memory_at(tmp_path)
    for number in range(5):
        memory.round(("set", "k", b"%d" % number))
    memory.age()
    monkeypatch.setattr(history_limit, "_SECONDS", 0)
    keep_history(memory.store.file, HistoryLimit(rounds=1))
    assert kept(memory) == [5]
    assert operations(memory) == 5
    monkeypatch.undo()
    keep_history(memory.store.file, HistoryLimit())  # what is left is left to the next one
    assert operations(memory) == 3  # of the folder, of the last dropped round, of the kept one


def operations(memory: Memory) -> int:
    (number,) = memory.store.file.connection.execute("SELECT count(*) FROM operations").fetchone()
    return int(number)
