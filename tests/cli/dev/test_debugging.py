"""``breakpoint()`` in a plugin that ``dev`` runs: pdb on the terminal of ``dev``."""

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.workspace.rounds import RoundBook
from emulator.workspace.state_file import StateFile
from tests.cli.dev.conftest import Call, OpenDev
from tests.conftest import MakePlugin
from tests.support.emulator import Emulator, Result
from tests.support.plugin import write_plugin
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until

PDB = "(Pdb) "

STOPPING = """
before = 41
breakpoint()
after = before + 1
yield self.create_text_message(f"after is {after}")
"""
TOOLS = {"stop": STOPPING, "plain": "yield self.create_text_message('plain')"}


def assert_keys_work(terminal: Terminal) -> None:
    assert terminal.attributes() != terminal.before
    terminal.press("s")
    terminal.wait_for("workspace default: ")


def test_pdb_is_on_the_terminal_of_dev_and_the_result_comes(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    emulator = make_plugin(tools=TOOLS)
    terminal = open_dev(emulator)
    running = call(emulator, "run", "stop")
    terminal.wait_for("tools/stop.py(10)", "-> after = before + 1\n", PDB)
    assert terminal.attributes() == terminal.before
    terminal.press("p before\n")
    terminal.wait_for("41\n", PDB)
    terminal.press("n\n")
    terminal.wait_for("tools/stop.py(11)", PDB)
    terminal.press("p before * after\n")
    terminal.wait_for("1722\n", PDB)
    terminal.press("up\n")
    terminal.wait_for("dify_plugin", PDB)
    terminal.press("down\n")
    terminal.wait_for("tools/stop.py(11)", PDB)
    terminal.press("c\n")
    result: Result = running.result()
    assert (result.code, result.text) == (0, "after is 42\n")
    assert "DE108" in result.err
    terminal.wait_for("#1 stop: ok", "after is 42", "DE108")
    assert_keys_work(terminal)


def test_keys_are_not_obeyed_while_pdb_waits_or_steps(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    emulator = make_plugin(tools=TOOLS)
    terminal = open_dev(emulator)
    running = call(emulator, "run", "stop")
    terminal.wait_for(PDB)
    # Typed ahead: q, u, c and s are keys of dev as well.
    terminal.press("n\nu\nd\ns\np 'uc' + 'sq'\nc\n")
    terminal.wait_for("'ucsq'\n")
    assert running.result().text == "after is 42\n"
    terminal.wait_for("#1 stop: ok")
    for obeyed in ("workspace default: ", "undo:", "undone", "nothing to undo", "\x1b[2J"):
        assert obeyed not in terminal.screen()
    assert_keys_work(terminal)


def test_what_happens_meanwhile_is_shown_when_pdb_has_ended(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    emulator = make_plugin(tools=TOOLS)
    terminal = open_dev(emulator)
    call(emulator, "run", "stop")
    terminal.wait_for(PDB)
    emulator.ok("storage", "set", "meanwhile", "v")
    terminal.press("p before\n")
    assert "meanwhile" not in terminal.wait_for("41\n", PDB)
    terminal.press("c\n")
    wait_until(lambda: "set meanwhile" in terminal.screen())
    wait_until(lambda: "#1 stop: ok" in terminal.screen())


def test_a_step_that_comes_to_no_stop_gives_the_keys_back(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    emulator = make_plugin(tools=TOOLS)
    terminal = open_dev(emulator)
    running = call(emulator, "run", "stop")
    terminal.wait_for(PDB)
    terminal.press("until 1000\n")  # there is no such line: on to the end of the round
    prompts = 1

    def has_ended() -> bool:
        nonlocal prompts
        if terminal.screen().count(PDB) > prompts:  # in the SDK, on the way out
            prompts += 1
            terminal.press("return\n")
        return running.done()

    wait_until(has_ended)
    terminal.wait_for("#1 stop: ok")
    wait_until(lambda: terminal.attributes() != terminal.before)
    assert_keys_work(terminal)


def test_a_step_into_the_sdk_does_not_lead_into_the_emulator(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    body = "breakpoint()\nyield self.create_text_message(str(storage.exist('k')))"
    emulator = make_plugin(tools={"stop": body})
    terminal = open_dev(emulator)
    running = call(emulator, "run", "stop")
    shown = terminal.wait_for(PDB)
    while "if not self.session:" not in shown:  # where the call's id has been drawn
        terminal.press("s\n")
        shown = terminal.wait_for(PDB)
        assert "/inside/" not in shown
    terminal.press("c\n")
    assert running.result().text == "False\n"


def test_time_limits_stand_still_while_pdb_waits(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    emulator = make_plugin(tools=TOOLS)
    terminal = open_dev(emulator)
    running = call(emulator, "run", "stop", "--timeout", "1", "--json")
    terminal.wait_for(PDB)
    stopped = time.monotonic()
    wait_until(lambda: time.monotonic() > stopped + 1.5)
    terminal.press("c\n")
    document = running.result().json
    assert (document["status"], document["error"]) == ("ok", None)
    assert document["duration_ms"] < 1000


def test_q_ends_the_round_with_an_error_and_the_plugin_goes_on(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    emulator = make_plugin(tools=TOOLS)
    terminal = open_dev(emulator)
    running = call(emulator, "run", "stop")
    terminal.wait_for(PDB)
    terminal.press("q\n")
    result = running.result()
    assert result.code == 1
    assert "BdbQuit" in result.err
    terminal.wait_for("#1 stop: error", "BdbQuit")
    assert emulator.ok("run", "plain").text == "plain\n"
    terminal.wait_for("#2 plain: ok", "(generation 1)")
    assert_keys_work(terminal)


def test_requests_at_once_are_stopped_one_after_the_other(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    endpoints = {
        "GET /stop": "mine = r.args['mine']\nbreakpoint()\nreturn Response(mine * 2)",
        "GET /plain": "return Response('plain')",
    }
    emulator = make_plugin(endpoints=endpoints)
    terminal = open_dev(emulator)
    url = next(word for word in terminal.screen().split() if word.endswith("/plain"))
    stop = url.replace("/plain", "/stop")
    asked = [call(httpx.get, f"{stop}?mine={each}", timeout=60, trust_env=False) for each in "abc"]
    plain = call(httpx.get, url, timeout=60, trust_env=False)
    for _ in asked:
        terminal.wait_for("return Response(mine * 2)", PDB)
        terminal.press("p 'mine is ' + mine\n")
        terminal.wait_for("'mine is ", PDB)
        terminal.press("c\n")
    assert [each.result().text for each in asked] == ["aa", "bb", "cc"]
    assert plain.result().text == "plain"
    assert_keys_work(terminal)


def test_a_breakpoint_of_a_module_stops_its_load(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    emulator = make_plugin(tools=TOOLS)
    terminal = open_dev(emulator)
    code = emulator.plugin / "tools" / "plain.py"
    good = code.read_text()
    code.write_text("answer = 6 * 7\nbreakpoint()\n" + good)
    terminal.wait_for("tools/plain.py(3)<module>()", PDB)
    running = call(emulator, "run", "plain")
    terminal.press("p answer\n")
    terminal.wait_for("42\n", PDB)
    terminal.press("c\n")
    terminal.wait_for("generation 2: tools/plain.py")
    assert running.result().text == "plain\n"
    terminal.wait_for("#1 plain: ok", "(generation 2)")
    code.write_text("breakpoint()\nx = 1\n" + good)
    terminal.wait_for("tools/plain.py(2)<module>()", PDB)
    terminal.press("q\n")
    terminal.wait_for("does not load", "BdbQuit")
    assert_keys_work(terminal)


def test_keys_are_not_obeyed_while_pdb_steps_through_a_module(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    terminal = open_dev(emulator := make_plugin(tools=TOOLS))
    code = emulator.plugin / "tools" / "plain.py"
    code.write_text("breakpoint()\nx = 1\n" + code.read_text())
    terminal.wait_for("<module>()", PDB)
    terminal.press("n\nu\nd\ns\np 'uc' + 'sq'\nc\n")
    terminal.wait_for("'ucsq'\n", "generation 2: tools/plain.py")
    for obeyed in ("workspace default: ", "undo:", "undone", "nothing to undo", "\x1b[2J"):
        assert obeyed not in terminal.screen()
    assert_keys_work(terminal)


def test_a_save_ends_the_load_that_a_debugger_holds_up(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    emulator = make_plugin(tools=TOOLS)
    terminal = open_dev(emulator)
    code = emulator.plugin / "tools" / "plain.py"
    good = code.read_text()
    code.write_text("breakpoint()\n" + good)
    terminal.wait_for("<module>()", PDB)
    code.write_text(good + "\n# mended\n")
    terminal.wait_for("generation 2: tools/plain.py")
    assert emulator.ok("run", "plain").text == "plain\n"
    assert_keys_work(terminal)


def test_ctrl_c_at_the_prompt_of_pdb_ends_dev(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    emulator = make_plugin(tools=TOOLS)
    terminal = open_dev(emulator)
    running = call(emulator, "run", "stop")
    terminal.wait_for(PDB)
    pressed = time.monotonic()
    terminal.press("\x03")
    assert terminal.code() == 130
    assert time.monotonic() - pressed < 2
    assert running.result().code == 1
    assert terminal.attributes() == terminal.before
    assert not (emulator.state / "dev.json").exists()


def test_pdb_keeps_the_terminal_when_the_caller_goes_away(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    emulator = make_plugin(endpoints={"GET /stop": "breakpoint()\nreturn Response('')"})
    terminal = open_dev(emulator)
    url = next(word for word in terminal.screen().split() if word.endswith("/stop"))
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(url, timeout=1, trust_env=False)
    terminal.wait_for(PDB)
    wait_until(lambda: kept_round(emulator)["status"] == "error")  # for the caller it is over
    assert terminal.attributes() == terminal.before
    terminal.press("p 'still ' + 'here'\n")
    terminal.wait_for("still here", PDB)
    terminal.press("c\n")
    terminal.wait_for("#1 GET /stop: error", "ClientDisconnected")
    wait_until(lambda: terminal.attributes() != terminal.before)
    assert_keys_work(terminal)


def kept_round(emulator: Emulator) -> dict[str, Any]:
    with closing(StateFile(emulator.state / "state.db")) as file:
        return RoundBook(file).show(1)


def test_two_plugins_stop_one_after_the_other(
    tmp_path: Path, open_dev: OpenDev, call: Call
) -> None:
    bodies = {name: f"name = {name!r}\nbreakpoint()\nyield None" for name in ("one", "two")}
    folders = [
        write_plugin(tmp_path / name, tools={"stop": bodies[name]}, manifest={"name": name})
        for name in bodies
    ]
    one, two = (Emulator(folder, tmp_path / "state") for folder in folders)
    terminal = open_dev(one, str(two.plugin), loads=False)
    terminal.wait_for("generation 1 ", "generation 1 ")
    running = [call(each, "run", "stop", "--json") for each in (one, two)]
    shown = ""
    for _ in running:
        terminal.wait_for(PDB)
        assert terminal.attributes() == terminal.before
        terminal.press("p name * 2\n")
        shown += terminal.wait_for("name * 2\n", PDB)
        terminal.press("c\n")
    assert shown.count("'oneone'") == shown.count("'twotwo'") == 1
    for each in running:
        each.result()
    wait_until(lambda: terminal.attributes() != terminal.before)
    assert_keys_work(terminal)


def test_dev_in_the_background_lends_no_terminal(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    emulator = make_plugin(tools=TOOLS)
    terminal = open_dev(emulator, background=True)
    assert emulator.ok("run", "stop").text == "after is 42\n"
    assert "no terminal" in terminal.wait_for("#1 stop: ok", "DE108")
    assert PDB not in terminal.screen()
