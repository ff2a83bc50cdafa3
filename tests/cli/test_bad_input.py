"""Wrong words: a clear message and the contract's exit code; stdout and state stay as they are."""

import json
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import MakePlugin
from tests.support.command import run_command
from tests.support.emulator import Emulator, Result
from tests.support.plugin import parameter, write_plugin
from tests.support.stored import counted, stored

BEFORE = {"k": b"v", "folder/file": b"below"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Emulator:
    """A plugin with two tools and an endpoint, and a little in its storage."""
    folder = tmp_path_factory.mktemp("bad")
    style = {"options": [{"value": "a", "label": {"en_US": "a"}}], "default": "a"}
    declared = [
        parameter("name", required=True),
        parameter("count", "number"),
        parameter("file", "file"),
        parameter("style", "select", form="form", **style),
    ]
    settings = [
        {"name": name, "type": kind, "required": name == "token", "label": {"en_US": name}}
        for name, kind in (("token", "secret-input"), ("flag", "boolean"))
    ]
    plugin = write_plugin(
        folder / "plugin",
        tools={"remember": "storage.set('k', b'changed')\nyield", "recall": "yield"},
        parameters={"remember": declared},
        endpoints={"POST /a": "storage.set('k', b'changed')\nreturn Response('')"},
        settings=settings,
    )
    (folder / "seed.yaml").write_text("new: 1\nwrong: {$hex: z}\n")
    (folder / "refused.yaml").write_text("new: 1\n../up: x\n")
    made = Emulator(plugin, folder / "state")
    for key, value in BEFORE.items():
        made.ok("storage", "set", key, value.decode())
    return made


@pytest.fixture
def emulator(prepared: Emulator, tmp_path: Path) -> Iterator[Emulator]:
    """Whatever a test does wrong, state and plugin stay as they are."""
    made = replace(prepared, state=shutil.copytree(prepared.state, tmp_path / "state"))
    files = sorted(made.plugin.rglob("*"))
    yield made
    assert stored(made.state) == BEFORE
    assert counted(made.state) == sum(map(len, BEFORE.values()))
    assert sorted(made.plugin.rglob("*")) == files


def check(result: Result, code: int, *says: str) -> None:
    """One clear message, and nothing else."""
    told = result.err
    assert (result.code, result.out) == (code, b""), told[-1000:]
    for word in says:
        assert word in told
    assert told.count("Error: ") == 1
    assert "Traceback" not in told
    assert len(told.splitlines()) <= 8


def wrong(words: str | list[str], code: int, *says: str, id: str = "") -> object:
    listed = words.split() if isinstance(words, str) else words
    return pytest.param(listed, code, says, id=id or ascii(shlex.join(listed)).strip("\"'"))


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        wrong("run rember name=x", 1, "no tool 'rember'", "recall, remember"),
        wrong("run remember name=x --provider other", 1, "of provider 'other'"),
        wrong("run", 2, "remember name:string count?:number"),
        wrong("run remember nam=x", 2, "no parameter 'nam'", "'name'"),
        wrong("run remember zzz=x", 2, "no parameter 'zzz'", "name, count, file, style"),
        wrong("run recall name=x", 2, "recall has no parameter 'name'", "none"),
        wrong("run remember count=1", 2, "remember needs the parameter 'name' (string)"),
        wrong("run remember name", 2, "'name' is not a parameter", "name=value"),
        wrong("run remember =x", 2, "'=x' is not a parameter"),
        wrong("run remember name=x name=y", 2, "'name' is given twice"),
        wrong("run remember name:=[1,", 2, "'name:=[1,'", "not JSON"),
        wrong("run remember name:=text", 2, "'name:=text'", "not JSON", "quotes"),
        wrong("run remember name:=", 2, "'name:='", "not JSON"),
        wrong("run remember name:=NaN", 2, "'name:=NaN'", "NaN is not JSON"),
        wrong(r'run remember name:="\ud800"', 2, "not JSON"),
        wrong("run remember name=x file@nowhere.txt", 2, "there is no file 'nowhere.txt'"),
        wrong("run remember name=x file@.", 2, "there is no file '.'"),
        wrong("run remember name=x count=abc", 2,
              "count: invalid literal for int() with base 10: 'abc'"),
        wrong("run remember name=x count=1.x", 2, "count: could not convert string to float"),
        wrong("run remember name=x style=b", 2, "style", "value b not in options ['a']"),
        wrong("run remember name=x --credential token", 2, "--credential 'token'", "name=value"),
        wrong("run remember name=x --credential =x", 2, "--credential '=x'"),
        wrong("run remember name=x --credential a:=[", 2, "a:=[", "not JSON"),
        wrong("run remember name=x --timeout 0", 2, "--timeout", "x>0"),
        wrong("run remember name=x --timeout soon", 2, "--timeout", "soon"),
        wrong("run remember name=x --timeout nan", 2, "--timeout", "nan"),
        wrong("run remember name=x --storage-latency -1", 2, "'-1' is not a number"),
        wrong("run remember name=x --storage-latency inf", 2, "'inf'", "(x>=0)"),
        wrong("run remember name=x --storage-error 101", 2, "'101' is not a percentage"),
        wrong("run remember name=x --storage-error nan", 2, "'nan'", "(0<=x<=100)"),
        wrong("run remember name=x --crash-after 0", 2, "--crash-after", "x>=1"),
        wrong("run remember name=x --times 0", 2, "--times", "x>=1"),
        wrong("run remember name=x --parallel 3", 2, "--parallel 3 needs --times"),
        wrong("run remember name=x --times 2 --parallel 1001", 2, "1<=x<=1000"),
        wrong("run remember name=x --times 2 --crash-after 1", 2, "do not go together"),
        wrong("run remember name=x --crash-each --storage-error 1", 2, "--crash-each compares"),
        wrong("run remember name=x --python ./none", 2, "--python ./none", "no such program"),
        wrong("run remember name=x --jsn", 2, "--jsn", "--json"),
        wrong("run remember name=x --user", 2, "--user", "requires an argument"),
    ],
)  # fmt: skip
def test_run(emulator: Emulator, words: list[str], code: int, says: tuple[str, ...]) -> None:
    check(emulator(*words), code, *says)


TOKEN = ["--setting", "token=x"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        wrong("request", 2, "Name a method and a path", "POST /a"),
        wrong("request POST", 2, "Name a method and a path", "POST /a"),
        wrong(["request", "POST", "a", *TOKEN], 2, "'a'", "slash"),
        wrong(["request", "POST", "", *TOKEN], 2, "''", "slash"),
        wrong(["request", "PATCH", "/a", *TOKEN], 2, "PATCH", "HEAD, POST, GET"),
        wrong(["request", "/a", "POST", *TOKEN], 2, "/A", "HEAD, POST, GET"),
        wrong(["request", "POST", "/a", "-H", "none", *TOKEN], 2, "-H 'none'", "Name: value"),
        wrong(["request", "POST", "/a", "-H", ": x", *TOKEN], 2, "-H ': x'"),
        wrong(["request", "POST", "/a", "-H", "a b: x", *TOKEN], 2, "-H 'a b: x'"),
        wrong(["request", "POST", "/a", "-H", "a: x\r\nb: y", *TOKEN], 2, "one line"),
        wrong(["request", "POST", "/a", "-d", "@none", *TOKEN], 2, "-d @none", "no file 'none'"),
        wrong("request POST /a", 2, "missing required setting: token", "--setting"),
        wrong("request POST /a --setting token", 2, "--setting 'token'", "name=value"),
        wrong("request POST /a --setting =x", 2, "--setting '=x'"),
        wrong("request POST /a --setting token:=[", 2, "token:=[", "not JSON"),
        wrong("request POST /a --setting token:=5", 2, "setting token is not a string"),
        wrong(["request", "POST", "/a", *TOKEN, "--setting", "flag=yes"], 2,
              "setting flag is not a boolean", ":="),
        wrong(["request", "POST", "/a", *TOKEN, "--setting", "flg:=true"], 2, "'flg'", "'flag'"),
        wrong(["request", "POST", "/a", *TOKEN, "--setting", "zzz=1"], 2, "'zzz'", "token, flag"),
        wrong("request POST /a --settings token=x", 2, "--settings", "--setting"),
        wrong(["request", "POST", "/a", "/b", *TOKEN], 2, "/b"),
    ],
)  # fmt: skip
def test_request(emulator: Emulator, words: list[str], code: int, says: tuple[str, ...]) -> None:
    check(emulator(*words), code, *says)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("run --json rember", 1),
        ("run --json remember", 2),
        ("request --json POST /a", 2),
        ("storage list --json more", 2),
        ("storage usage --json --none", 2),
    ],
)
def test_as_json_too_there_is_nothing_on_stdout(emulator: Emulator, words: str, code: int) -> None:
    check(emulator(*words.split()), code)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        wrong("storage lst", 2, "No such command 'lst'"),
        wrong("nonsense", 2, "No such command 'nonsense'"),
        wrong("storage list --prefx a", 2, "--prefx", "--prefix"),
        wrong("storage list more", 2, "more"),
        wrong(["storage", "list", "-w", ""], 2, "-w"),
        wrong("storage get", 2, "KEY"),
        wrong("storage get k k", 2, "(k)"),
        wrong("storage get none", 1, "'none'", "'default'"),
        wrong("storage get k -w none", 1, "'k'", "'none'"),
        wrong("storage get folder", 1, "'folder'"),
        wrong("storage get k -o none/out", 2, "-o none/out", "No such file or directory"),
        wrong("storage get k -o .", 2, "-o .", "Is a directory"),
        wrong(["storage", "get", ""], 2, "must not be empty"),
        wrong("storage set k", 2, "TEXT|@FILE|-"),
        wrong("storage set k @none", 2, "VALUE @none", "there is no file 'none'"),
        wrong("storage set k @.", 2, "there is no file '.'"),
        wrong(["storage", "set", "", "x"], 2, "must not be empty"),
        wrong("storage set a..b x", 1, "'a..b'", "path traversal attempt detected"),
        wrong(r"storage set a\b x", 1, "path traversal attempt detected"),
        wrong(["storage", "set", "x" * 257, "x"], 1, "less than 256 characters", id="a long key"),
        wrong("storage set folder x", 1, "is a directory"),
        wrong("storage set k/below x", 1, "not a directory"),
        wrong("storage delete", 2, "KEY"),
        wrong("storage delete none", 1, "'none'", "no such file or directory"),
        wrong("storage delete ../k", 1, "path traversal attempt detected"),
        wrong(["storage", "delete", ""], 2, "must not be empty"),
        wrong("storage reset", 1, "Nothing was removed", "--yes"),
        wrong("storage reset now", 2, "now"),
        wrong("storage seed", 2, "FILE"),
        wrong("storage seed none.yaml", 2, "none.yaml: there is no such seed file"),
        wrong("storage seed .", 2, ".: cannot be read"),
        wrong("storage seed {folder}/seed.yaml", 2, "seed.yaml:2:8: $hex"),
        wrong("storage seed {folder}/seed.yaml --replace", 2, "seed.yaml:2:8: $hex"),
        wrong("storage seed {folder}/refused.yaml --replace", 1, "'../up'", "path traversal"),
        wrong("storage seed {folder}/plugin/main.py", 2, "main.py:"),
        wrong("storage export none/seed.yaml", 2, "none/seed.yaml", "No such file or directory"),
        wrong("storage export .", 2, "Is a directory"),
        wrong("storage usage k", 2, "k"),
    ],
)
def test_storage(emulator: Emulator, words: list[str], code: int, says: tuple[str, ...]) -> None:
    given = [word.replace("{folder}", str(emulator.plugin.parent)) for word in words]
    check(emulator(*given), code, *says)


@pytest.mark.parametrize(
    "words",
    [
        ["storage", "get", "odd\udcff"],
        ["storage", "set", "odd\udcff", "x"],
        ["storage", "delete", "k", "odd\udcff"],
        ["storage", "list", "-w", "odd\udcff"],
        ["storage", "list", "--prefix", "odd\udcff"],
        ["storage", "reset", "--yes", "--prefix", "odd\udcff"],
        ["storage", "seed", "odd\udcff.yaml"],
        ["storage", "export", "odd\udcff.yaml"],
        ["storage", "get", "k", "-o", "odd\udcff"],
        ["storage", "list", "--state-dir", "odd\udcff"],
        ["storage", "list", "-p", "odd\udcff"],
        ["storage", "list", "odd\udcff"],
        ["storage", "odd\udcff"],
        ["storage", "list", "--odd\udcff"],
        ["odd\udcff"],
        ["run", "odd\udcff"],
        ["run", "remember", "odd\udcff=x"],
        ["run", "remember", "name=odd\udcff"],
        ["run", "remember", "name=x", "file@odd\udcff"],
        ["run", "remember", "name=x", "--user", "odd\udcff"],
        ["run", "remember", "name=x", "--credential", "a=odd\udcff"],
        ["request", "POST", "/odd\udcff", *TOKEN],
        ["request", "POST", "/a", "-H", "X-A: odd\udcff", *TOKEN],
        ["request", "POST", "/a", "--setting", "token=odd\udcff"],
    ],
    ids=lambda words: ascii(" ".join(words)).strip("'"),
)
def test_a_word_that_is_not_utf_8_is_told_by_its_name(emulator: Emulator, words: list[str]) -> None:
    check(emulator(*words), 2, "odd")


def test_in_values_such_bytes_are_data(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(endpoints={"PUT /a": "return Response(r.get_data())"})
    assert emulator.ok("request", "PUT", "/a", "-d", "odd\udcff").out == b"odd\xff"
    emulator.ok("storage", "set", "k", "odd\udcff")
    assert emulator.ok("storage", "get", "k").out == b"odd\xff"


@pytest.mark.parametrize(
    ("words", "says"), [("storage set k -", "stdin"), ("storage reset", "Nothing was removed")]
)
def test_a_stdin_that_is_closed(emulator: Emulator, words: str, says: str) -> None:
    closed = ["sh", "-c", 'exec "$@" <&-', "sh", *emulator.command(*words.split())]
    done = subprocess.run(closed, capture_output=True, env=emulator.environ(), timeout=60)
    assert done.returncode in (1, 2)
    check(Result(done.returncode, done.stdout, done.stderr.decode()), done.returncode, says)


@pytest.mark.parametrize("words", ["storage list", "run recall", "request POST /a"])
@pytest.mark.parametrize(
    ("place", "code", "says"),
    [
        ("nowhere", 3, "nowhere: there is no such folder"),
        ("file", 3, "file: there is no such folder"),
        ("empty", 3, "empty: there is no manifest.yaml"),
    ],
)
def test_a_folder_that_is_no_plugin(
    tmp_path: Path, words: str, place: str, code: int, says: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    check(run_command(*words.split(), "-p", place, folder=tmp_path), code, says, "-p")
    assert list((tmp_path / "empty").iterdir()) == []


BAD_FILES = [
    pytest.param(b"a: 1\n\tb: 2\n", ":2:1: is not YAML: found a tab", id="a tab"),
    pytest.param(b"- a\n- b\n", ":1:1: should hold a mapping", id="a list"),
    pytest.param(b"", ":1:1: should hold a mapping of keys to values, is empty", id="empty"),
    pytest.param(b"author: \xff\n", ":1:1: cannot be read as UTF-8", id="not UTF-8"),
]


NOT_MANIFESTS = [
    pytest.param(b"a: 1\n\tb: 2\n", ":2:1: DE602 is not YAML: found character '\\t'", id="a tab"),
    pytest.param(b"- a\n- b\n", ":1:1: DE602 should hold a mapping of fields", id="a list"),
    pytest.param(b"", ":1:1: DE602 should hold a mapping of fields to values, and", id="empty"),
    pytest.param(b"author: \xff\n", ":1:9: DE602 is not UTF-8: byte 0xff", id="not UTF-8"),
]


@pytest.mark.parametrize("words", ["storage list", "run say", "request POST /a"])
@pytest.mark.parametrize(("content", "says"), NOT_MANIFESTS)
def test_a_manifest_that_cannot_be_read(
    tmp_path: Path, words: str, content: bytes, says: str
) -> None:
    plugin = write_plugin(tmp_path / "plugin", tools={"say": "yield"})
    (plugin / "manifest.yaml").write_bytes(content)
    check(run_command(*words.split(), folder=plugin), 3, f"manifest.yaml{says}")
    assert not (plugin / ".dify-emulator").exists()


@pytest.mark.parametrize(
    ("words", "code"), [("storage list", 2), ("run say", 2), ("request POST /a", 2)]
)
@pytest.mark.parametrize(
    ("content", "says"),
    [
        *BAD_FILES,
        pytest.param(b"usr: x\n", ":1:1: unknown key `usr`; did you mean `user`?", id="a key"),
        pytest.param(b"user: 5\n", ":1:1: `user` should be text", id="a value"),
        pytest.param(b"user: ${NOT_SET_X}\n", ":1:1: the environment variable NOT_SET_X", id="$"),
        pytest.param(b"credentials: &a {b: *a}\n", ":1:", id="a mapping within itself"),
    ],
)
def test_a_configuration_that_is_wrong(
    tmp_path: Path, words: str, code: int, content: bytes, says: str
) -> None:
    plugin = write_plugin(
        tmp_path / "plugin",
        tools={"say": "yield"},
        endpoints={"POST /a": "return Response('')"},
    )
    (plugin / "dify-emulator.yaml").write_bytes(content)
    check(run_command(*words.split(), folder=plugin), code, f"dify-emulator.yaml{says}")
    assert not (plugin / ".dify-emulator").exists()


@pytest.mark.parametrize(
    ("config", "words", "code", "says"),
    [
        ("seed: none.yaml", "run say", 2, "none.yaml: there is no such seed file"),
        ("seed: ../x.yaml", "run say", 2, "x.yaml:1:4: $hex"),
        ("credentials: {day: 2026-11-22}", "run say", 2, "dify-emulator.yaml:1:"),
        ("settings: {day: 2026-11-22}", "request POST /a", 2, "day"),
        ("settings: {tokn: x}", "request POST /a", 2, "tokn"),
    ],
)
def test_a_configuration_that_turns_out_wrong_later(
    tmp_path: Path, config: str, words: str, code: int, says: str
) -> None:
    plugin = write_plugin(
        tmp_path / "plugin",
        tools={"say": "yield self.create_text_message('x')"},
        endpoints={"POST /a": "return Response('')"},
    )
    (tmp_path / "x.yaml").write_text("a: {$hex: z}\n")
    (plugin / "dify-emulator.yaml").write_text(config)
    check(run_command(*words.split(), folder=plugin), code, says)


def test_an_error_is_the_only_thing_said_about_a_file_that_is_json(tmp_path: Path) -> None:
    plugin = write_plugin(tmp_path / "plugin", tools={"say": "yield"})
    manifest = json.dumps({"version": "1", "author": "A"})
    (plugin / "manifest.yaml").write_text(manifest)
    result = run_command("run", "say", "--json", folder=plugin)
    assert (result.code, result.out) == (3, b"")
    assert "manifest.yaml:1:13: DE612 `version` is '1'" in result.err
    assert "manifest.yaml:1:28: DE612 `author` is 'A'" in result.err
