"""A state file that cannot be used: exit 4, its name and what to do, and not a byte of it moved."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import MakePlugin
from tests.support.emulator import Emulator

COMMANDS = ["storage list", "storage set k v", "run say"]


@pytest.fixture
def emulator(make_plugin: MakePlugin) -> Emulator:
    made = make_plugin(tools={"say": "yield self.create_text_message('hi')"})
    made.ok("storage", "seed", write_large_seed(made.plugin.parent))
    return made


def write_large_seed(folder: Path) -> str:
    path = folder / "large.yaml"
    path.write_text("".join(f"key/{number}: {'x' * 1000}\n" for number in range(50)))
    return str(path)


def overwrite(at: int, data: bytes) -> Callable[[Path], None]:
    def change(state: Path) -> None:
        content = bytearray((state / "state.db").read_bytes())
        content[at : at + len(data)] = data
        (state / "state.db").write_bytes(content)

    return change


def execute(sql: str) -> Callable[[Path], None]:
    def change(state: Path) -> None:
        connection = sqlite3.connect(state / "state.db")
        connection.execute(sql)
        connection.close()

    return change


def replace(content: bytes) -> Callable[[Path], None]:
    def change(state: Path) -> None:
        (state / "state.db").write_bytes(content)

    return change


def cut(state: Path) -> None:
    content = (state / "state.db").read_bytes()
    (state / "state.db").write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(replace(b""), "is empty", id="empty"),
        pytest.param(replace(b"my diary\n" * 99), "is not an SQLite file", id="not a database"),
        pytest.param(execute("PRAGMA application_id = 7"), "of another program", id="not ours"),
        pytest.param(execute("PRAGMA user_version = 99"), "state version 99", id="newer"),
        pytest.param(overwrite(8192, b"\xff" * 3000), "is damaged", id="damaged"),
        pytest.param(cut, "cut short", id="cut short"),
    ],
)
def test_a_state_file_that_cannot_be_used(
    emulator: Emulator, change: Callable[[Path], None], says: str, words: str
) -> None:
    change(emulator.state)
    before = (emulator.state / "state.db").read_bytes()
    result = emulator(*words.split())
    assert (result.code, result.out) == (4, b"")
    assert str(emulator.state / "state.db") in result.err
    assert says in result.err
    assert "--state-dir" in result.err
    assert "Traceback" not in result.err
    assert (emulator.state / "state.db").read_bytes() == before


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize(
    ("place", "says"),
    [
        pytest.param("file", "file", id="a file in the way"),
        pytest.param("file/deeper", "file", id="a file on the way"),
        pytest.param("taken", "taken/state.db", id="a folder in place of the file"),
        pytest.param("link", "link", id="a link that leads nowhere"),
    ],
)
def test_a_state_folder_that_cannot_be_used(
    make_plugin: MakePlugin, tmp_path: Path, place: str, says: str, words: str
) -> None:
    plugin = make_plugin(tools={"say": "yield self.create_text_message('hi')"}).plugin
    (tmp_path / "file").write_text("mine")
    (tmp_path / "taken" / "state.db").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "no" / "such" / "folder")
    result = Emulator(plugin, tmp_path / place)(*words.split())
    assert (result.code, result.out) == (4, b"")
    assert str(tmp_path / says) in result.err
    assert "--state-dir" in result.err
    assert "Traceback" not in result.err
    assert (tmp_path / "file").read_text() == "mine"


def test_a_value_that_is_refused_leaves_no_half_of_it(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools={"say": "yield"}, storage=1024)
    emulator.ok("storage", "set", "k", "before")
    (emulator.state / "state.db-wal").unlink(missing_ok=True)
    result = emulator("storage", "set", "k/below/deep", "after")
    assert result.code == 1
    assert [row["key"] for row in emulator.ok("storage", "list", "--json").json] == ["k"]
