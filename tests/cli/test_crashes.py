"""``--crash-after`` and ``--crash-each``: a plugin killed between two storage operations."""

import signal
import subprocess
from pathlib import Path

import pytest

from emulator.cli.crash_table import show_trials
from emulator.cli.crash_trials import Trial
from emulator.cli.output import Output
from tests.conftest import MakePlugin
from tests.support.emulator import SAMPLES, Emulator
from tests.support.stored import stored
from tests.support.waiting import is_running, wait_until

TWO_STEPS = """
    import json
    index = json.loads(storage.get("index")) if storage.exist("index") else []
    for name in index:
        storage.get(name)
    storage.set("index", json.dumps([*index, "item"]).encode())
    storage.set("item", b"something")
    yield self.create_text_message("added")
"""
"""Writes an index first and the item after it: killed in between, it dies of the missing item."""


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Emulator:
    """The sample ``memory``, whose ``remember`` makes three operations on a memory in use."""
    emulator = Emulator(SAMPLES / "memory", tmp_path_factory.mktemp("state"))
    emulator.ok("storage", "set", "users/local-user.json", "{}")
    return emulator


REMEMBER = ("run", "remember", "name=colour", "value=blue")


def test_a_crash_as_asked_keeps_what_was_performed_and_is_a_success(memory: Emulator) -> None:
    result = memory.ok(*REMEMBER, "--crash-after", "3", "--json")
    document = result.json
    assert document["status"] == "crashed"
    assert document["error"] == {
        "type": "CrashedAsAsked",
        "message": "the plugin was killed after storage operation 3, as --crash-after asked",
        "traceback": None,
    }
    assert [each["op"] for each in document["operations"]] == ["exist", "get", "set"]
    assert document["messages"] == []
    assert "DE106" not in [note["code"] for note in document["notes"]]
    (log,) = document["logs"]
    assert log["source"] == "dify-emulator"
    assert log["message"].startswith(
        "--crash-after 3: killed after set('users/local-user.json') at memory_store.py:"
    )
    kept = stored(memory.state, plugin="dify-emulator/memory")
    assert kept == {"users/local-user.json": b'{"colour": "blue"}'}


def test_a_crash_that_never_comes_is_told(memory: Emulator) -> None:
    result = memory.ok(*REMEMBER, "--crash-after", "4")
    assert result.text.startswith("I will remember colour.")
    assert "--crash-after 4: the plugin was not killed" in result.err
    assert "made only 3 storage operations." in result.err


def test_crashes_that_do_no_harm_are_told_so(memory: Emulator) -> None:
    before = stored(memory.state, plugin="dify-emulator/memory")
    result = memory.ok(*REMEMBER, "--crash-each")
    assert result.text.count("ok, as undisturbed") == 3
    assert result.text.endswith("No crash breaks the plugin.\n")
    assert stored(memory.state, plugin="dify-emulator/memory") == before


def test_a_crash_that_breaks_the_plugin_is_found(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools={"add": TWO_STEPS})
    emulator.ok("storage", "set", "other", "untouched")
    result = emulator("run", "add", "--crash-each", "--json")
    assert result.code == 1
    first, second, third = result.json
    assert (first["crash_after"], first["round"], first["next_round"]) == (1, 2, 3)
    assert first["operation"] == {"op": "exist", "key": "index", "place": "tools/add.py:9"}
    assert (first["outcome"], first["same_result"], first["other_keys"]) == ("same", True, [])
    assert (second["operation"]["op"], second["outcome"]) == ("set", "error")
    assert second["error"]["type"] == "Exception"
    assert second["error"]["message"].startswith("load data failed")
    assert second["error"]["place"] == "tools/add.py:11"
    assert (third["outcome"], third["same_result"]) == ("different", True)
    assert third["other_keys"] == ["index"]
    assert stored(emulator.state) == {"other": b"untouched"}
    assert emulator.ok("snapshot", "list").text == ""
    emulator.ok("storage", "rewind", str(second["round"]))
    assert stored(emulator.state) == {"other": b"untouched", "index": b'["item"]'}


def test_what_breaks_the_plugin_is_listed_at_the_end(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    at = {"op": "set", "key": "index\n", "place": "tools/add.py:12"}
    error = {"type": "KeyError", "message": "'item'", "place": None}
    trials = [
        Trial(1, 2, "same", at, 3, same_result=True),
        Trial(2, 4, "error", at, 5, error=error),
        Trial(3, 6, "different", at, 7, same_result=False, other_keys=list("abcdefg")),
        Trial(4, 8),
    ]
    show_trials(trials, Output())
    assert capsysbinary.readouterr().out.decode().splitlines() == [
        r"killed after                        the next call",
        r"  1  set index\n (tools/add.py:12)  ok, as undisturbed (rounds 2 and 3)",
        r"  2  set index\n (tools/add.py:12)  KeyError: 'item' (rounds 4 and 5)",
        r"  3  set index\n (tools/add.py:12)  ok, another result and other memory in a, b, c, d, e"
        r" and 2 more (rounds 6 and 7)",
        r"  4  not reached                    not made (round 8)",
        r"1 of 4 crashes left a memory that breaks the plugin:",
        r"  2  set index\n (tools/add.py:12); `storage rewind 4` goes back there",
    ]


def test_a_call_without_operations_has_no_crashes(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools={"say": "yield self.create_text_message('x')"})
    assert "makes no storage operation" in emulator.ok("run", "say", "--crash-each").text


def test_a_call_that_fails_undisturbed_is_told_and_changes_nothing(
    make_plugin: MakePlugin,
) -> None:
    body = """
    storage.set("k", b"v")
    raise KeyError("missing")
    yield
    """
    emulator = make_plugin(tools={"fail": body})
    result = emulator("run", "fail", "--crash-each")
    assert (result.code, result.text) == (1, "")
    assert "fails when nothing disturbs it: KeyError: 'missing'" in result.err
    assert stored(emulator.state) == {}


def test_an_interrupt_brings_the_memory_back(make_plugin: MakePlugin, tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    body = f"""
    import os, time
    storage.set("k", b"changed")
    open({str(marker)!r}, "w").write(str(os.getpid()))
    while True:
        time.sleep(1)
    yield
    """
    emulator = make_plugin(tools={"wait": body})
    emulator.ok("storage", "set", "k", "before")
    process = subprocess.Popen(
        emulator.command("run", "wait", "--crash-each"),
        env=emulator.environ(),
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: marker.exists() and marker.read_text())
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=20)
    assert (process.returncode, told) == (130, b"\nInterrupted.\n")
    assert stored(emulator.state) == {"k": b"before"}
    assert not is_running(int(marker.read_text()))
