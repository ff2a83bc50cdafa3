"""What other processes do beside a running ``dev``: to its memory, through it, without it."""

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from emulator.dev.announcement import find_dev
from tests.dev.served import Served, saying, served, write_saying
from tests.support.dev import Dev, Event
from tests.support.emulator import Emulator
from tests.support.plugin import write_plugin, write_yaml
from tests.support.waiting import is_running, wait_until

STORE = "storage.set('k', b'by the plugin')\nyield self.create_text_message('stored')"


def keys(plugin: Served) -> list[str]:
    return [event["key"] for event in plugin.dev.events("storage")]


def change_told(plugin: Served, number: int) -> Event:
    """Wait for a change by somebody else; gives the event. It is told within a second."""
    started = time.monotonic()
    wait_until(lambda: len(plugin.dev.events("storage")) >= number)
    assert time.monotonic() - started < 5  # of which a busy machine takes most
    return plugin.dev.events("storage")[number - 1]


def test_changes_by_other_processes_are_told(tmp_path: Path) -> None:
    with served(write_plugin(tmp_path / "plugin", tools={"say": STORE})) as plugin:
        plugin.command.ok("storage", "set", "a", "12345")
        told = {"event": "storage", "plugin": "tests/plugin", "workspace": "default"}
        set_a = {"op": "set", "key": "a", "round": None, "size_before": None, "size_after": 5}
        assert change_told(plugin, 1) == {**told, **set_a}
        plugin.command.ok("storage", "set", "a", "1", "-w", "staging")
        assert change_told(plugin, 2)["workspace"] == "staging"
        plugin.command.ok("storage", "delete", "a")
        deleted = change_told(plugin, 3)
        assert (deleted["op"], deleted["size_before"], deleted["size_after"]) == ("delete", 5, None)
        plugin.command.ok("run", "say", "--python", sys.executable)
        by_round = change_told(plugin, 4)
        assert (by_round["round"], by_round["key"], by_round["op"]) == (1, "k", "set")


def test_changes_by_the_plugin_itself_are_not(tmp_path: Path) -> None:
    folder = write_plugin(tmp_path / "plugin", tools={"say": STORE})
    with served(folder, "--memory", "rewind") as plugin:
        plugin.command.ok("run", "say")
        plugin.next_change()  # with a rerun, and a rewind before it
        wait_until(lambda: len(plugin.dev.events("round")) == 2)
        plugin.command.ok("storage", "set", "marker", "1")
        change_told(plugin, 1)
        assert keys(plugin) == ["marker"]


def test_a_reset_by_another_process_is_seen_by_the_next_round(tmp_path: Path) -> None:
    body = "yield self.create_text_message(str(storage.exist('k')))"
    with served(write_plugin(tmp_path / "plugin", tools={"say": body})) as plugin:
        plugin.command.ok("storage", "set", "k", "1")
        assert plugin.said() == "True"
        plugin.command.ok("storage", "reset", "--yes")
        assert plugin.said() == "False"


def test_a_workspace_that_was_never_used_starts_from_the_seed(tmp_path: Path) -> None:
    body = "yield self.create_text_message(storage.get('k').decode())"
    folder = write_plugin(tmp_path / "plugin", tools={"say": body})
    (folder / "seed.yaml").write_text("k: from the configuration\n")
    (tmp_path / "other.yaml").write_text("k: from the option\n")
    write_yaml(folder / "dify-emulator.yaml", {"seed": "seed.yaml"})
    with served(folder) as plugin:
        assert plugin.said() == "from the configuration"
    with served(folder, "--seed", str(tmp_path / "other.yaml"), state=tmp_path / "new") as plugin:
        assert plugin.said() == "from the option"
        plugin.command.ok("storage", "set", "k", "changed")
    with served(folder, "--seed", str(tmp_path / "other.yaml"), state=tmp_path / "new") as plugin:
        assert plugin.said() == "changed"


def test_a_second_dev_on_the_same_state_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        second = plugin.command("dev", "--port", "0", "--json")
        assert (second.code, second.out) == (1, b"")
        assert f"pid {plugin.dev.pid}, {plugin.dev.url}" in second.err
        announced = json.loads((plugin.dev.state / "dev.json").read_text())
        assert announced["pid"] == plugin.dev.pid
        assert plugin.said() == "one"
    with Dev(plugin.folder, state=plugin.dev.state) as after:
        assert after.ready["pid"] == after.pid


def test_run_and_request_go_through_dev(tmp_path: Path) -> None:
    body = "import os\nyield self.create_text_message(str(os.getppid()))"
    endpoint = "import os\nreturn Response(str(os.getppid()))"
    folder = write_plugin(tmp_path / "plugin", tools={"say": body}, endpoints={"GET /": endpoint})
    with served(folder) as plugin:
        parent = int(plugin.command.ok("run", "say").text)
        assert parent in plugin.dev.processes()
        assert plugin.command.ok("request", "GET", "/").text == str(parent)
        wait_until(lambda: len(plugin.dev.events("round")) == 2)
        whys = [(event["why"], event["kind"]) for event in plugin.dev.events("round")]
        assert whys == [("command", "tool"), ("command", "endpoint")]


def test_with_an_interpreter_of_its_own_run_works_alone(tmp_path: Path) -> None:
    body = "import os\nyield self.create_text_message(str(os.getppid()))"
    with served(write_plugin(tmp_path / "plugin", tools={"say": body})) as plugin:
        told = plugin.command.ok("run", "say", "--python", sys.executable)
        assert int(told.text) not in [plugin.dev.pid, *plugin.dev.processes()]
        plugin.command.ok("run", "say")
        wait_until(lambda: plugin.dev.events("round"))
        assert [event["round"] for event in plugin.dev.events("round")] == [2]


def test_another_plugin_or_state_folder_is_not_devs_matter(tmp_path: Path) -> None:
    other = write_saying(tmp_path / "other", "other")
    with served(write_saying(tmp_path / "plugin")) as plugin:
        assert Emulator(other, plugin.dev.state).ok("run", "say").text == "other\n"
        assert Emulator(plugin.folder, tmp_path / "else").ok("run", "say").text == "one\n"
        plugin.command.ok("run", "say")
        wait_until(lambda: plugin.dev.events("round"))
        assert len(plugin.dev.events("round")) == 1


@pytest.mark.parametrize("words", [["run", "say"], ["request", "GET", "/"]])
def test_after_a_kill_run_and_request_work_alone(tmp_path: Path, words: list[str]) -> None:
    endpoints = {"GET /": "return Response('one')"}
    folder = write_saying(tmp_path / "plugin", tools={"say": ""}, endpoints=endpoints)
    with served(folder) as plugin:
        started = plugin.dev.processes()
        os.kill(plugin.dev.pid, signal.SIGKILL)
        wait_until(lambda: not any(is_running(pid) for pid in started))
        assert (plugin.dev.state / "dev.json").exists()
        assert plugin.command.ok(*words).text.strip() == "one"
        with Dev(folder, state=plugin.dev.state) as after:
            assert plugin.command.ok(*words).text.strip() == "one"
            after.wait_for("round", lambda event: event["why"] == "command")


def test_a_note_of_a_dev_that_is_gone_does_not_mislead(tmp_path: Path) -> None:
    folder = write_saying(tmp_path / "plugin")
    state = tmp_path / "state"
    state.mkdir()
    plugins = [{"id": "tests/plugin", "path": str(folder), "endpoints": []}]
    note = {"pid": os.getpid(), "url": "http://127.0.0.1:9", "plugins": plugins}
    (state / "dev.json").write_text(json.dumps(note))
    assert Emulator(folder, state).ok("run", "say").text == "one\n"


def test_what_is_no_note_of_a_dev_is_none(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        state = plugin.dev.state
        assert find_dev(state) is not None
        for text in ("", "{", "[]", "{}", '{"pid": "x"}', '{"pid": 1, "url": "x"}'):
            (state / "dev.json").write_text(text)
            assert find_dev(state) is None


class Stranger(BaseHTTPRequestHandler):
    """A server of something else."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>Welcome!</html>")


def test_another_server_at_the_address_of_a_dev_that_is_gone_does_not_mislead(
    tmp_path: Path,
) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        document = json.loads((plugin.dev.state / "dev.json").read_text())
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        there = {"pid": os.getpid(), "url": f"http://127.0.0.1:{server.server_port}"}
        (plugin.dev.state / "dev.json").write_text(json.dumps({**document, **there}))
        assert plugin.command.ok("run", "say").text == "one\n"
        server.shutdown()


def test_a_run_through_dev_runs_what_is_on_disk(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        for text in ("two", "six", "red"):
            plugin.save(text)
            # A command takes longer to start than the word of a change.
            assert plugin.command.ok("run", "say").text == f"{text}\n"
        assert saying("red") == (plugin.folder / "tools/say.py").read_text()


def test_a_run_through_a_dev_that_is_killed_meanwhile_says_so(tmp_path: Path) -> None:
    body = "import os, signal, time\nos.kill(int(open('pid').read()), signal.SIGKILL)\n"
    body += "time.sleep(600)\nyield"
    folder = write_plugin(tmp_path / "plugin", tools={"say": body})
    with served(folder) as plugin:
        (folder / "pid").write_text(str(plugin.dev.pid))
        result = plugin.command("run", "say")
        assert result.code == 1
        assert "The dev that ran this round has ended" in result.err
