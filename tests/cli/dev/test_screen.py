"""What ``dev`` shows on a terminal, and what it shows without one."""

import re
from pathlib import Path
from typing import Any

import httpx

from tests.cli.dev.conftest import OpenDev
from tests.conftest import MakePlugin
from tests.support.emulator import SAMPLES, Emulator
from tests.support.plugin import parameter, write_yaml
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until

ESCAPE = "\x1b"

CHANGE = """
import json
storage.set("k", json.dumps(tool_parameters["value"]).encode())
yield self.create_text_message("stored")
"""
WRITE = """
storage.set("t", tool_parameters["value"].encode())
yield self.create_text_message("written")
"""
CHANGING: dict[str, Any] = {
    "tools": {
        "change": CHANGE,
        "write": WRITE,
        "forget": 'storage.delete("k")\nyield self.create_text_message("gone")',
        "recall": 'yield self.create_text_message(storage.get("k").decode())',
    },
    "parameters": {
        "change": [parameter("value", "object")],
        "write": [parameter("value")],
    },
}


def rounds_shown(terminal: Terminal) -> list[str]:
    """The blocks of rounds on a screen, each without its time."""
    lines = terminal.screen().split("\n")
    first = next(i for i, line in enumerate(lines) if line.startswith("#"))
    text = re.sub(r", \d+ ms", "", "\n".join(lines[first:]))
    return [block.rstrip("\n") for block in re.split(r"^(?=#)", text, flags=re.MULTILINE)[1:]]


def test_the_header_tells_plugin_tools_endpoints_and_storage(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    emulator = make_plugin(
        tools={"one": "yield", "two": "yield"},
        endpoints={"GET /hello": "return Response('hi')", "POST /post": "return Response('')"},
        storage=4096,
    )
    emulator.ok("storage", "set", "k", "x" * 1024)
    header = open_dev(emulator).screen()
    assert f"tests/plugin  {emulator.plugin}" in header
    assert re.search(r"tools +one, two\n", header)
    assert re.search(r"storage +1\.0 KiB of 4\.0 KiB \(25\.0 %\) in workspace default\n", header)
    assert re.search(r"POST http://127\.0\.0\.1:\d+/e/[a-z]{16}/post\n", header)
    url = re.search(r"GET (\S+/hello)\n", header)
    assert url
    assert httpx.get(url[1], timeout=60, trust_env=False).text == "hi"


def test_the_header_names_the_workspace_and_each_plugin(tmp_path: Path, open_dev: OpenDev) -> None:
    emulator = Emulator(SAMPLES / "memory", tmp_path)
    inbox = str(SAMPLES / "inbox")
    header = open_dev(emulator, inbox, "-w", "trial", loads=False).wait_for("h help  q quit")
    assert len(re.findall(r"^  plugin +\S+/(?:memory|inbox) ", header, re.MULTILINE)) == 2
    assert header.count("in workspace trial") == 2


def test_rounds_are_compact_blocks_with_what_changed_in_memory(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    emulator = make_plugin(**CHANGING)
    terminal = open_dev(emulator)
    emulator.ok("run", "change", 'value:={"a": 1, "b": [1, 2]}')
    emulator.ok("run", "change", 'value:={"a": 2, "b": [1], "c": {"d": null}}')
    emulator.ok("run", "recall")
    emulator.ok("run", "write", "value=one\ntwo")
    emulator.ok("run", "write", "value=one\n2\nthree")
    emulator.ok("run", "forget")
    assert emulator("run", "forget").code == 1
    terminal.wait_for("DE208")
    wait_until(lambda: terminal.screen().endswith("\n"))
    *blocks, failed = rounds_shown(terminal)
    assert blocks == [
        "#1 change: ok (generation 1)\n  stored\n"
        "  + k 21 B\n      + a: 1\n      + b: [1, 2]",
        "#2 change: ok (generation 1)\n  stored\n  ~ k 21 B -> 36 B\n"
        "      ~ a: 1 -> 2\n      - b[1]: 2\n      + c.d: null",
        '#3 recall: ok (generation 1)\n  {"a": 2, "b": [1], "c": {"d": null}}\n  . k 36 B',
        "#4 write: ok (generation 1)\n  written\n  + t 7 B\n      + one\n      + two",
        "#5 write: ok (generation 1)\n  written\n  ~ t 7 B -> 11 B\n"
        "      - two\n      + 2\n      + three",
        "#6 forget: ok (generation 1)\n  gone\n  - k 36 B",
    ]  # fmt: skip
    assert re.match(r"#7 forget: error \(generation 1\)\n  ! delete k: delete data fail", failed)


def test_a_long_diff_is_cut_and_told(make_plugin: MakePlugin, open_dev: OpenDev) -> None:
    emulator = make_plugin(**CHANGING)
    terminal = open_dev(emulator)
    emulator.ok("run", "write", "value=" + "\n".join(f"{n} " + "x" * 300 for n in range(100)))
    shown = terminal.wait_for("#1 write", "more\n")
    assert len(shown) < 2000
    assert re.search(r"\.\.\. 9\d more\n$", shown)


def test_requests_and_their_errors_are_shown(make_plugin: MakePlugin, open_dev: OpenDev) -> None:
    emulator = make_plugin(
        endpoints={"GET /ok": "return Response('fine')", "GET /bad": "raise RuntimeError('no')"}
    )
    terminal = open_dev(emulator)
    emulator("request", "GET", "/ok")
    assert "  fine\n" in terminal.wait_for("#1 GET /ok: ok, HTTP 200,", "fine\n")
    emulator("request", "GET", "/bad")
    terminal.wait_for("#2 GET /bad: ok, HTTP 500,", "no\n")


def test_a_new_generation_names_its_files_and_a_broken_one_what_is_wrong(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    emulator = make_plugin(tools={"t": "yield self.create_text_message('one')"})
    terminal = open_dev(emulator)
    emulator.ok("run", "t")
    code = emulator.plugin / "tools" / "t.py"
    good = code.read_text()
    code.write_text(good.replace("one", "two"))
    terminal.wait_for("generation 2: tools/t.py (", "#2 t: ok", "(generation 2, rerun)", "two\n")
    code.write_text("def broken(:\n")
    terminal.wait_for("does not load\n")
    wait_until(lambda: "tools/t.py:1:12: DE703 is not Python: invalid" in terminal.screen())
    code.write_text(f"{good}\n1 / 0  # too early\n")
    wait_until(lambda: "ZeroDivisionError: division by zero\n" in terminal.screen())
    assert "1 / 0  # too early" in terminal.screen()
    code.write_text(good.replace("one", "two"))
    terminal.wait_for("back to the code of generation 2")


def test_colours_are_for_terminals_that_want_them(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    emulator = make_plugin(**CHANGING)
    colours = open_dev(emulator, environment={"NO_COLOR": None})
    emulator.ok("run", "change", "value:={}")
    assert f"{ESCAPE}[32m" in colours.wait_for("#1 change", "+ k 2 B", "\n")
    colours.press("q")
    assert colours.code() == 0
    plain = open_dev(emulator, environment={"NO_COLOR": "1"})
    emulator.ok("run", "forget")
    plain.wait_for("#2 forget", "- k 2 B")
    assert ESCAPE not in plain.screen()


def test_without_a_terminal_there_are_plain_lines_and_no_keys(
    make_plugin: MakePlugin, tmp_path: Path
) -> None:
    emulator = make_plugin(**CHANGING)
    file = tmp_path / "lines"
    environment = {k: v for k, v in emulator.environ().items() if k != "NO_COLOR"}
    redirected = ["sh", "-c", 'exec "$@" </dev/null >"$0" 2>&1', str(file)]
    with Terminal([*redirected, *emulator.command("dev", "--port=0")], environment) as terminal:
        wait_until(lambda: file.exists() and "generation 1" in file.read_text(), 60)
        emulator.ok("run", "change", 'value:={"a": 1}')
        wait_until(lambda: "+ a: 1" in file.read_text(), 60)
        terminal.press("q")  # is nothing to it
        assert terminal.attributes() == terminal.before
        terminal.press("\x03")
        assert terminal.code() == 130
    text = file.read_text()
    assert ESCAPE not in text
    assert "q quit" not in text
    assert text.startswith("dify-emulator ")


HOSTILE = r"""
bad = "\x1b]0;mine\x07\x1b[2J\x9b31m\r\x08"
storage.set("k" + bad, bad.encode())
storage.set("json", json.dumps({bad: bad}, ensure_ascii=False).encode())
print("print " + bad)
yield self.create_text_message("message " + bad)
yield self.create_variable_message("name", bad)
raise ValueError("error " + bad)
"""


def test_control_characters_of_a_plugin_do_not_reach_the_terminal(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    emulator = make_plugin(tools={"hostile": "import json\n" + HOSTILE})
    terminal = open_dev(emulator)
    assert emulator("run", "hostile").code == 1
    shown = terminal.wait_for("message ", r"\x1b[2J", "stdout: print", "+ json", "ValueError: ")
    terminal.press("s")
    shown += terminal.wait_for("workspace default: ", "json\n", "mine")
    assert not [char for char in shown if not char.isprintable() and char != "\n"]
    assert r"k\x1b]0;mine\x07\x1b[2J\x9b31m\r\x08" in shown


def test_a_message_that_the_terminal_cannot_show_does_not_end_dev(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    emulator = make_plugin(tools={"t": "yield self.create_text_message('gr\\u00fc\\u4e2d!')"})
    write_yaml(emulator.plugin / "dify-emulator.yaml", {"env": {"PYTHONIOENCODING": "utf-8"}})
    terminal = open_dev(emulator, environment={"PYTHONIOENCODING": "latin-1"})
    emulator.ok("run", "t")
    terminal.wait_for("#1 t: ok", "gr", "!\n")
    emulator.ok("run", "t")
    terminal.wait_for("#2 t: ok")


def test_a_value_nested_beyond_python_does_not_end_dev(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    body = """
    depth = int(tool_parameters["depth"])
    storage.set("k", b'{"a":' * depth + b"1" + b"}" * depth)
    yield self.create_text_message("x")
    """
    emulator = make_plugin(tools={"nest": body}, parameters={"nest": [parameter("depth")]})
    terminal = open_dev(emulator)
    for number, depth in enumerate((900, 1500, 5000), 1):
        emulator.ok("run", "nest", f"depth={depth}")
        terminal.wait_for(f"#{number} nest: ok", " k ")
        emulator.ok("storage", "reset", "--yes")
