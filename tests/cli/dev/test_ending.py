"""How ``dev`` ends: at once, cleanly, and with everything that it has started."""

import contextlib
import signal
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.dev.conftest import Call, OpenDev
from tests.cli.dev.ending import Ending
from tests.conftest import MakePlugin
from tests.support.emulator import Emulator
from tests.support.plugin import parameter
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are found in /proc")

CTRL_C = "\x03"

WAIT = """
import pathlib, time
pathlib.Path(tool_parameters["flag"]).touch()
time.sleep(600)
yield self.create_text_message("never")
"""
WAITING: dict[str, Any] = {"tools": {"wait": WAIT}, "parameters": {"wait": [parameter("flag")]}}


def test_ctrl_c_ends_it(make_plugin: MakePlugin, open_dev: OpenDev) -> None:
    Ending(make_plugin(**WAITING), open_dev).by_key(CTRL_C, 130)


def with_round_in_flight(emulator: Emulator, open_dev: OpenDev, call: Call) -> tuple[Ending, Any]:
    ending = Ending(emulator, open_dev)
    flag = emulator.state / "flag"
    running = call(emulator, "run", "wait", f"flag={flag}")
    wait_until(flag.exists, 60)
    return ending, running


@pytest.mark.parametrize(("key", "code"), [(CTRL_C, 130), ("q", 0)])
def test_a_key_ends_a_round_in_flight(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call, key: str, code: int
) -> None:
    ending, running = with_round_in_flight(make_plugin(**WAITING), open_dev, call)
    ending.by_key(key, code)
    result = running.result()
    assert result.code == 1
    assert "Traceback" not in result.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_round_in_flight(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call, number: signal.Signals
) -> None:
    ending, running = with_round_in_flight(make_plugin(**WAITING), open_dev, call)
    ending.by_signal(number, 128 + number)
    assert running.result().code == 1


def test_a_terminal_that_is_closed_ends_it(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    ending, running = with_round_in_flight(make_plugin(**WAITING), open_dev, call)
    ending.by_closing_the_terminal(129)
    assert running.result().code == 1


def test_a_key_held_too_long_is_no_order(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    ending, running = with_round_in_flight(make_plugin(**WAITING), open_dev, call)
    ending.by_key(CTRL_C * 5, 130)
    assert running.result().code == 1


def test_kill_9_leaves_nothing_behind_and_a_new_dev_can_start(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    emulator = make_plugin(**WAITING)
    ending, running = with_round_in_flight(emulator, open_dev, call)
    ending.by_kill()
    assert running.result().code == 1
    assert (emulator.state / "dev.json").exists()  # nobody was there to remove it
    emulator.ok("storage", "set", "k", "v")
    flag = emulator.state / "flag"
    flag.unlink()
    alone = emulator("run", "wait", f"flag={flag}", "--timeout", "1")
    assert (alone.code, flag.exists()) == (1, True)
    Ending(emulator, open_dev).by_key("q", 0)


@pytest.mark.parametrize("ends", ["ctrl-c", "kill"])
def test_children_of_the_plugin_end_with_it(
    make_plugin: MakePlugin, open_dev: OpenDev, ends: str
) -> None:
    body = """
    import subprocess
    subprocess.Popen(["sh", "-c", "sleep 600 & sleep 600"])
    yield self.create_text_message("started")
    """
    emulator = make_plugin(tools={"start": body})
    ending = Ending(emulator, open_dev)
    before = len(ending.processes())
    emulator.ok("run", "start")
    wait_until(lambda: len(ending.processes()) == before + 3)
    if ends == "kill":
        ending.by_kill()
    else:
        ending.by_key(CTRL_C, 130)


STREAM = """
import time
def pieces():
    for number in range(100_000):
        yield f"piece {number}\\n"
        time.sleep(0.01)
return Response(pieces())
"""


def test_streams_and_idle_connections_end_with_it(
    make_plugin: MakePlugin, open_dev: OpenDev
) -> None:
    endpoints = {"GET /stream": STREAM, "GET /hello": "return Response('hello')"}
    ending = Ending(make_plugin(endpoints=endpoints), open_dev)
    with (
        httpx.Client(timeout=60, trust_env=False) as client,
        client.stream("GET", f"{ending.url}/stream") as streaming,
        socket.create_connection(ending.address) as silent,
        socket.create_connection(ending.address) as half,
    ):
        lines = streaming.iter_lines()
        assert next(lines) == "piece 0"
        half.sendall(b"POST /e/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf")
        with httpx.Client(timeout=60, trust_env=False) as idle:
            assert idle.get(f"{ending.url}/hello").text == "hello"
            ending.by_key(CTRL_C, 130)
        assert silent.recv(1) == b""
        with contextlib.suppress(httpx.RemoteProtocolError):  # cut off, or ended with an error
            assert len(list(lines)) < 100_000


def test_a_stream_ends_with_kill_9(make_plugin: MakePlugin, open_dev: OpenDev) -> None:
    ending = Ending(make_plugin(endpoints={"GET /stream": STREAM}), open_dev)
    with (
        httpx.Client(timeout=60, trust_env=False) as client,
        client.stream("GET", f"{ending.url}/stream") as streaming,
    ):
        assert next(streaming.iter_lines()) == "piece 0"
        ending.by_kill()


def test_ctrl_c_under_load_says_nothing_more(
    make_plugin: MakePlugin, open_dev: OpenDev, call: Call
) -> None:
    ending = Ending(make_plugin(endpoints={"GET /hello": "return Response('hello')"}), open_dev)
    answered = []

    def ask_until_it_ends() -> None:
        with httpx.Client(timeout=60, trust_env=False) as client:
            while client.get(f"{ending.url}/hello").status_code == 200:
                answered.append(1)

    asking = [call(ask_until_it_ends) for _ in range(4)]
    wait_until(lambda: len(answered) > 100, 60)
    ending.by_key(CTRL_C, 130)
    for each in asking:
        assert isinstance(each.exception(), httpx.HTTPError | None)
