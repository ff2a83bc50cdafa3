"""``breakpoint()`` under ``run`` alone, and where there is no terminal for it."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.plugin.config import Config
from emulator.plugin.environment import process_environment
from emulator.runtime.launch import Launch
from emulator.runtime.running import RunningPlugin
from tests.cli.dev.conftest import Call
from tests.cli.dev.test_debugging import PDB, TOOLS
from tests.conftest import MakePlugin
from tests.support.dev import Dev
from tests.support.emulator import Emulator
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until


def run(emulator: Emulator, *words: str) -> Terminal:
    return Terminal(emulator.command("run", *words), emulator.environ())


def test_pdb_is_on_the_terminal_of_run_and_the_result_comes(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools=TOOLS)
    with run(emulator, "stop") as terminal:
        terminal.wait_for("tools/stop.py(10)", "-> after = before + 1\n", PDB)
        terminal.press("p before\n")
        terminal.wait_for("41\n", PDB)
        terminal.press("n\n")
        terminal.wait_for("tools/stop.py(11)", PDB)
        terminal.press("p before * after\n")
        terminal.wait_for("1722\n", PDB)
        terminal.press("up\n")
        terminal.wait_for("dify_plugin", PDB)
        terminal.press("c\n")
        assert terminal.code() == 0
        terminal.wait_for("after is 42\n", "DE108", "round 1: ok")
        assert terminal.attributes() == terminal.before


def test_time_limits_of_run_stand_still_while_pdb_waits(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools=TOOLS)
    with run(emulator, "stop", "--timeout", "1") as terminal:
        terminal.wait_for(PDB)
        stopped = time.monotonic()
        wait_until(lambda: time.monotonic() > stopped + 1.5)
        terminal.press("c\n")
        assert terminal.code() == 0
        terminal.wait_for("after is 42\n", "round 1: ok")


def test_time_limits_go_on_between_two_breakpoints(make_plugin: MakePlugin) -> None:
    body = "import time\nbreakpoint()\nx = 1\ntime.sleep(600)\nbreakpoint()\nyield None"
    emulator = make_plugin(tools={"stop": body})
    with run(emulator, "stop", "--timeout", "1") as terminal:
        terminal.wait_for(PDB)
        terminal.press("c\n")
        assert terminal.code() == 1
        terminal.wait_for("round 1: timeout")


def test_each_of_two_breakpoints_stops(make_plugin: MakePlugin) -> None:
    body = """
    breakpoint()
    first = storage.exist("k")
    breakpoint()
    yield self.create_json_message({"first": first})
    """
    emulator = make_plugin(tools={"stop": body})
    with run(emulator, "stop") as terminal:
        terminal.wait_for("-> first =", PDB)
        terminal.press("c\n")
        terminal.wait_for("-> yield", PDB)
        terminal.press("p not first\n")
        terminal.wait_for("True\n", PDB)
        terminal.press("c\n")
        assert terminal.code() == 0
        terminal.wait_for('"first": false', "round 1: ok")


def test_breakpoints_set_at_the_prompt_and_storage_called_there(make_plugin: MakePlugin) -> None:
    body = """
    breakpoint()
    for number in range(3):
        total = number
    yield self.create_text_message(storage.get("k").decode())
    """
    emulator = make_plugin(tools={"stop": body})
    with run(emulator, "stop") as terminal:
        terminal.wait_for(PDB)
        terminal.press("b 10, number == 2\n")
        terminal.wait_for("Breakpoint 1 at", PDB)
        terminal.press("c\n")
        terminal.wait_for("-> total = number", PDB)
        terminal.press("storage.set('k', b'from pdb %d' % number)\n")
        terminal.wait_for("number)\n", PDB)
        terminal.press("clear\n")
        terminal.wait_for("Clear all breaks?")
        terminal.press("y\n")
        terminal.wait_for("Deleted breakpoint 1", PDB)
        terminal.press("c\n")
        assert terminal.code() == 0
        terminal.wait_for("from pdb 2\n", "+ k 10 B", "round 1: ok")


def test_interact_is_a_python_prompt_on_the_terminal(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools=TOOLS)
    with run(emulator, "stop") as terminal:
        terminal.wait_for(PDB)
        terminal.press("interact\n")
        terminal.wait_for(">>> ")
        terminal.press("before * 1000\n")
        terminal.wait_for("41000\n", ">>> ")
        terminal.press("print('pri' + 'nted'); input('as' + 'ked? ')\n")
        terminal.wait_for("printed\n", "asked? ")
        terminal.press("answer\n")
        terminal.wait_for("'answer'\n", ">>> ")
        terminal.press("\x04")
        terminal.wait_for(PDB)
        terminal.press("c\n")
        assert terminal.code() == 0
        terminal.wait_for("after is 42\n")


@pytest.mark.parametrize("keys", ["q\n", "\x04"])
def test_quitting_pdb_is_an_error_round(make_plugin: MakePlugin, keys: str) -> None:
    with run(make_plugin(tools=TOOLS), "stop") as terminal:
        terminal.wait_for(PDB)
        terminal.press(keys)
        assert terminal.code() == 1
        terminal.wait_for("BdbQuit", "round 1: error")


def test_ctrl_c_at_the_prompt_ends_run(make_plugin: MakePlugin) -> None:
    with run(make_plugin(tools=TOOLS), "stop") as terminal:
        terminal.wait_for(PDB)
        pressed = time.monotonic()
        terminal.press("\x03")
        assert terminal.code() == 130
        assert time.monotonic() - pressed < 2
        assert terminal.attributes() == terminal.before


def test_a_breakpoint_of_a_module_stops_its_load(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools=TOOLS)
    code = emulator.plugin / "tools" / "plain.py"
    code.write_text("answer = 6 * 7\nbreakpoint()\n" + code.read_text())
    with run(emulator, "plain") as terminal:
        terminal.wait_for("<module>()", PDB)
        terminal.press("p answer\n")
        terminal.wait_for("42\n", PDB)
        terminal.press("c\n")
        assert terminal.code() == 0
        terminal.wait_for("plain\n", "round 1: ok")


class OneTerminal:
    """A terminal to lend, before which the test sits."""

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        self.lent = 0

    def lend(self) -> bool:
        self.lent += 1
        return True

    def open(self) -> int:
        return os.dup(self.slave)

    def take_back(self) -> None:
        pass

    def close(self) -> None:
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def one_terminal() -> Iterator[OneTerminal]:
    terminal = OneTerminal()
    yield terminal
    terminal.close()


def test_the_limit_of_a_load_stands_still_while_pdb_waits(
    make_plugin: MakePlugin, call: Call, one_terminal: OneTerminal
) -> None:
    plugin = make_plugin(tools=TOOLS).plugin
    code = plugin / "main.py"
    code.write_text("breakpoint()\n" + code.read_text())
    launch = Launch(Path(sys.executable), "main", plugin, process_environment(Config()))
    running = RunningPlugin(launch, terminal=one_terminal)
    try:
        wait_until(lambda: one_terminal.lent)
        waiting = call(running.wait_until_ready, 2)
        stopped = time.monotonic()
        wait_until(lambda: time.monotonic() > stopped + 3)
        os.write(one_terminal.master, b"c\n")
        waiting.result()
    finally:
        running.stop()


@pytest.mark.parametrize("place", ["run", "dev"])
def test_without_a_terminal_the_round_goes_on_with_a_line_in_its_log(
    make_plugin: MakePlugin, place: str
) -> None:
    emulator = make_plugin(tools=TOOLS)
    if place == "run":
        document = emulator.ok("run", "stop", "--json").json
    else:
        with Dev(emulator.plugin, state=emulator.state):
            document = emulator.ok("run", "stop", "--json").json
    assert document["status"] == "ok"
    assert document["messages"][0]["message"]["text"] == "after is 42"
    assert [note["code"] for note in document["notes"]] == ["DE108"]
    (line,) = document["logs"]
    assert "tools/stop.py:9: no terminal for breakpoint()" in line["message"]


def test_pythonbreakpoint_is_honoured(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools=TOOLS)
    off = {**emulator.environ(), "PYTHONBREAKPOINT": "0"}
    with Terminal(emulator.command("run", "stop"), off) as terminal:
        assert terminal.code() == 0
        terminal.wait_for("after is 42\n", "round 1: ok")
        assert PDB not in terminal.screen()
        assert "DE108" not in terminal.screen()


def test_prints_and_logs_are_in_the_rounds_log_with_their_levels(make_plugin: MakePlugin) -> None:
    body = """
    import logging
    from dify_plugin.config.logger_format import plugin_logger_handler

    mine = logging.getLogger("mine")
    mine.setLevel(logging.INFO)
    mine.addHandler(plugin_logger_handler)
    mine.debug("too little")
    mine.info("told")
    mine.error("bad")
    print("printed")
    levels = [logging.getLogger().level, mine.level, logging.getLogger("other").level]
    yield self.create_json_message({"levels": levels})
    """
    emulator = make_plugin(tools={"log": body})
    alone = emulator.ok("run", "log", "--json").json
    with Dev(emulator.plugin, state=emulator.state):
        in_dev = emulator.ok("run", "log", "--json").json
    for document in (alone, in_dev):
        lines = [(log["source"], log["level"], log["message"]) for log in document["logs"]]
        assert lines == [
            ("log", "INFO", "told"),
            ("log", "ERROR", "bad"),
            ("stdout", "INFO", "printed"),
        ]
    assert alone["messages"] == in_dev["messages"]
