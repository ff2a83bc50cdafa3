"""What becomes of notes in a whole round, of a real plugin in its own process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.dify.finished import Finished
from emulator.dify.notes import Note
from tests.insight.played import Played, codes_of
from tests.runtime.generations import Generations
from tests.support.plugin import write_plugin

SPELL = """
for number in range(500):
    storage.set(f"folder//{number}", b"")
yield self.create_text_message("done")
"""
DYING = {"GET /get": "return storage.get('none')", "GET /delete": "storage.delete('none')"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("whole")
    write_plugin(folder / "plugin", tools={"spell": SPELL}, endpoints=DYING)
    with Played(folder / "plugin", folder / "state") as played:
        yield played


def test_of_500_notes_of_a_kind_three_are_kept(played: Played) -> None:
    notes = [note for note in played.tool("spell")["notes"] if note["code"] == "DE201"]
    assert [note["message"].partition(". ")[0] for note in notes] == [
        f"The key 'folder//{number}' means 'folder/{number}'" for number in range(3)
    ]
    assert ". And 497 more like this. " in notes[2]["message"]


def test_an_endpoint_that_dies_of_a_missing_key_is_told_so(played: Played) -> None:
    get, delete = played.request("GET", "/get"), played.request("GET", "/delete")
    assert [each["messages"][0]["message"]["status"] for each in (get, delete)] == [500, 500]
    assert codes_of(get) == {"DE202"}
    assert "(endpoints/endpoint0.py:10) found nothing, and the round ended" in str(get["notes"])
    assert codes_of(delete) == {"DE208"}


def test_the_code_that_is_looked_at_is_what_runs(tmp_path: Path) -> None:
    folder = write_plugin(tmp_path / "plugin", tools={"say": "yield"})
    tool = folder / "tools" / "say.py"
    before = tool.read_bytes()
    with Generations(folder, tmp_path) as generations:
        running = generations.next().running
        tool.write_bytes(b"changed")
        assert running.read_code()["tools/say.py"] == before


def test_a_round_is_kept_whatever_happens_to_those_who_look_at_it(tmp_path: Path) -> None:
    def fails(_: Finished) -> list[Note]:
        raise LookupError("a rule of ours")

    keep = "storage.set('k', b'v')\nyield self.create_text_message('kept')"
    folder = write_plugin(tmp_path / "plugin", tools={"keep": keep})
    with Played(folder, tmp_path / "state", examine=fails) as played:
        with pytest.raises(LookupError, match="a rule of ours"):
            played.tool("keep")
        kept = played.book.show(1)
    assert (kept["status"], [each["op"] for each in kept["operations"]]) == ("ok", ["set"])
