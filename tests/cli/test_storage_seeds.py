"""``storage seed`` and ``storage export``; and what keeps one storage apart from another."""

import json
from pathlib import Path

import pytest
import yaml

from tests.conftest import MakePlugin
from tests.support.emulator import Emulator
from tests.support.plugin import write_plugin
from tests.support.stored import counted, stored

TOOLS = {"say": "yield self.create_text_message('hi')"}
VALUES = {
    "binary": bytes(range(256)) * 20,
    "empty": b"",
    "json/object": b'{"b":1,"a":[1.5,null,true,"\xc3\xbc"]}',
    "json/spaced": b'{ "b" : 1 }',
    "json/doubled": b'{"a":1,"a":2}',
    "json/float": b"[1.0, 1e400]",
    "json/number": b"5",
    "text/lines": b"one\n  two\n\n\nthree\n\n",
    "text/windows": b"one\r\ntwo\r\n",
    "text/yes": b"yes",
    "text/null": b"~",
    "text/date": b"2026-11-22",
    "text/odd": "\ufeff \u0085\u2028 🜚 \x7f\t".encode(),
    "text/marker": b'{"$base64": "AAEC"}',
    "text/long": b"word " * 5000,
    "5": b"a number for a key",
    "null": b"a word for a key",
    "- x: [y]": b"a list for a key",
    "new\nline, tab\t, 'quotes\"": b"",
    "ü/🜚/ ": "ü".encode(),
}


@pytest.fixture
def emulator(make_plugin: MakePlugin) -> Emulator:
    return make_plugin(tools=TOOLS)


def keys(emulator: Emulator, *words: str) -> list[str]:
    return [row["key"] for row in emulator.ok("storage", "list", "--json", *words).json]


def write_seed(folder: Path, content: object, name: str = "seed.yaml") -> str:
    path = folder / name
    path.write_text(
        content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    )
    return str(path)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("text: ü\nlist: [1, {a: null}]\nbytes: {$base64: AP8=}\n", id="YAML"),
        pytest.param({"text": "ü", "list": [1, {"a": None}], "bytes": {"$hex": "00ff"}}, id="JSON"),
    ],
)
def test_a_seed_stores_all_its_keys(emulator: Emulator, tmp_path: Path, content: object) -> None:
    emulator.ok("storage", "set", "before", "stays")
    result = emulator.ok("storage", "seed", write_seed(tmp_path, content))
    assert (result.out, result.err) == (b"", "Stored 3 keys.\n")
    assert keys(emulator) == ["before", "bytes", "list", "text"]
    assert emulator.ok("storage", "get", "text").out == "ü".encode()
    assert emulator.ok("storage", "get", "list").out == b'[1,{"a":null}]'
    assert emulator.ok("storage", "get", "bytes").out == b"\x00\xff"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(json.dumps({"k": "ü 🜚"}), "ü 🜚", id="escapes as Python's"),
        pytest.param(r'{"k": "a\/b"}', "a/b", id="escapes as PHP's"),
        pytest.param(json.dumps({"k": "x"}, indent="\t"), "x", id="tabs"),
        pytest.param('{"k":"x"}', "x", id="no spaces at all"),
        pytest.param('{"k": "yes"}', "yes", id="a word that is none"),
    ],
)
def test_json_is_a_seed_however_it_is_written(
    emulator: Emulator, tmp_path: Path, text: str, value: str
) -> None:
    emulator.ok("storage", "seed", write_seed(tmp_path, text, "seed.json"))
    assert stored(emulator.state) == {"k": value.encode()}


def test_a_file_in_a_seed_stands_beside_the_seed(emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.bin").write_bytes(b"\x00a")
    emulator.ok("storage", "seed", write_seed(tmp_path, "k: {$file: data/a.bin}\n"))
    assert emulator.ok("storage", "get", "k").out == b"\x00a"


def test_a_seed_may_replace_what_is_there(emulator: Emulator, tmp_path: Path) -> None:
    emulator.ok("storage", "set", "before", "goes")
    emulator.ok("storage", "set", "k/below", "is in the way")
    seed = write_seed(tmp_path, "k: new\n")
    refused = emulator("storage", "seed", seed)
    assert (refused.code, keys(emulator)) == (1, ["before", "k/below"])
    emulator.ok("storage", "seed", "--replace", seed)
    assert keys(emulator) == ["k"]


@pytest.mark.parametrize("replace", [[], ["--replace"]], ids=["added", "replacing"])
@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        pytest.param("new: x\nwrong: {$hex: z}\n", 2, "seed.yaml:2:8: $hex", id="a bad value"),
        pytest.param("new: x\n- y\n", 2, "seed.yaml:2:", id="not YAML"),
        pytest.param("new: x\n5: y\n", 2, "the key 5 is not text", id="a number for a key"),
        pytest.param("new: x\nnew: y\n", 2, "seed.yaml:2:1: the key 'new'", id="a key twice"),
        pytest.param("new: x\na..b: y\n", 1, "'a..b': invalid key", id="a key that Dify refuses"),
        pytest.param("new: x\nnew/below: y\n", 1, "not a directory", id="a key below a key"),
        pytest.param({"new": "x", "big": "y" * 2000}, 1,
                     "the key 'big': allocated size is greater", id="over the quota"),
    ],
)  # fmt: skip
def test_a_seed_that_is_refused_changes_nothing(
    make_plugin: MakePlugin,
    tmp_path: Path,
    content: object,
    code: int,
    says: str,
    replace: list[str],
) -> None:
    emulator = make_plugin(tools=TOOLS, storage=1024)
    emulator.ok("storage", "set", "before", "stays")
    result = emulator("storage", "seed", write_seed(tmp_path, content), *replace)
    assert (result.code, result.out) == (code, b"")
    assert says in result.err
    assert "Nothing was changed." in result.err
    assert stored(emulator.state) == {"before": b"stays"}
    assert counted(emulator.state) == len(b"stays")


def test_with_replace_only_the_seed_counts_towards_the_quota(
    make_plugin: MakePlugin, tmp_path: Path
) -> None:
    emulator = make_plugin(tools=TOOLS, storage=1024)
    emulator.ok("storage", "set", "old", "x" * 1000)
    seed = write_seed(tmp_path, {"new": "y" * 1000})
    assert emulator("storage", "seed", seed).code == 1
    emulator.ok("storage", "seed", seed, "--replace")
    assert emulator.ok("storage", "usage", "--json").json["counted"] == 1000


@pytest.mark.parametrize("name", ["seed.yaml", "seed.json"])
def test_an_empty_seed_stores_nothing(emulator: Emulator, tmp_path: Path, name: str) -> None:
    emulator.ok("storage", "set", "k", "v")
    seed = write_seed(tmp_path, "{}\n", name)
    assert "Stored 0 keys." in emulator.ok("storage", "seed", seed).err
    emulator.ok("storage", "seed", seed, "--replace")
    assert keys(emulator) == []


@pytest.mark.parametrize("to_file", [False, True], ids=["through stdout", "through a file"])
def test_what_export_writes_seed_restores_byte_for_byte(
    emulator: Emulator, tmp_path: Path, to_file: bool
) -> None:
    given = {key: {"$hex": value.hex()} for key, value in VALUES.items()}
    emulator.ok("storage", "seed", write_seed(tmp_path, given))
    assert stored(emulator.state) == VALUES
    seed = tmp_path / "exported.yaml"
    if to_file:
        assert emulator.ok("storage", "export", str(seed)).out == b""
    else:
        seed.write_bytes(emulator.ok("storage", "export").out)
    emulator.ok("storage", "seed", str(seed), "-w", "copy")
    assert stored(emulator.state, "copy") == VALUES
    assert emulator.ok("storage", "export", "-w", "copy").out == seed.read_bytes()


def test_an_export_of_nothing_is_an_empty_seed(emulator: Emulator, tmp_path: Path) -> None:
    result = emulator.ok("storage", "export")
    assert yaml.safe_load(result.text) == {}
    emulator.ok("storage", "seed", write_seed(tmp_path, result.text))


def test_the_value_of_the_plugins_own_folder_comes_back_too(
    emulator: Emulator, tmp_path: Path
) -> None:
    emulator.ok("storage", "set", ".", "a file in place of the folder")
    emulator.ok("storage", "export", str(tmp_path / "seed.yaml"))
    emulator.ok("storage", "seed", str(tmp_path / "seed.yaml"), "-w", "copy")
    told = emulator.ok("storage", "get", ".", "-w", "copy")
    assert told.out == b"a file in place of the folder"


def test_an_export_can_be_edited_by_people(emulator: Emulator, tmp_path: Path) -> None:
    emulator.ok("storage", "seed", write_seed(tmp_path, {"user": {"name": "Ada"}, "note": "a\nb"}))
    assert emulator.ok("storage", "export").text == "note: |-\n  a\n  b\nuser:\n  name: Ada\n"


def test_workspaces_do_not_see_each_other(emulator: Emulator) -> None:
    for workspace in ("default", "one", "ü/two"):
        emulator.ok("storage", "set", "k", workspace, "-w", workspace)
    emulator.ok("storage", "set", "k", "changed", "-w", "one")
    assert emulator.ok("storage", "get", "k").text == "default"
    assert emulator.ok("storage", "get", "k", "-w", "ü/two").text == "ü/two"
    emulator.ok("storage", "reset", "--yes")
    assert keys(emulator) == []
    assert emulator.ok("storage", "get", "k", "-w", "one").text == "changed"


def test_plugins_in_one_state_folder_do_not_see_each_other(tmp_path: Path) -> None:
    plugins = [
        Emulator(write_plugin(tmp_path / name, manifest={"name": name}), tmp_path / "state")
        for name in ("one", "two")
    ]
    for emulator in plugins:
        emulator.ok("storage", "set", "k", emulator.plugin.name)
    plugins[0].ok("storage", "delete", "k")
    assert keys(plugins[0]) == []
    assert plugins[1].ok("storage", "get", "k").text == "two"


def test_a_newer_version_of_a_plugin_finds_what_the_older_stored(tmp_path: Path) -> None:
    for version in ("0.0.1", "9.0.0"):
        write_plugin(tmp_path / version, manifest={"version": version})
    Emulator(tmp_path / "0.0.1", tmp_path / "state").ok("storage", "set", "k", "kept")
    told = Emulator(tmp_path / "9.0.0", tmp_path / "state").ok("storage", "get", "k")
    assert told.text == "kept"
