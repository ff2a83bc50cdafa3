"""A plugin's process: read and written without deadlock, and its end told."""

import os
import sys
import threading
from pathlib import Path

import pytest

from emulator.runtime.launch import Launch, start_cold
from emulator.runtime.process import Backlog, Death, PluginProcess
from emulator.wire.messages import Heartbeat, Message, Printed
from tests.support.waiting import is_running, wait_until


class Heard:
    """What a process says, kept for the test."""

    def __init__(self, folder: Path, code: str) -> None:
        (folder / "main.py").write_text(code)
        self.messages: list[Message] = []
        self.stderr: list[str] = []
        self.deaths: list[Death] = []
        self.died = threading.Event()
        launch = Launch(Path(sys.executable), "main", folder, dict(os.environ))
        self.process = PluginProcess(
            start_cold(launch), self.messages.append, self.stderr.append, self._on_death
        )

    def _on_death(self, death: Death) -> None:
        self.deaths.append(death)
        self.died.set()

    def end(self) -> Death:
        assert self.died.wait(20)
        (death,) = self.deaths
        return death


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; sys.exit(3)", "exited with code 3"),
        ("pass", "exited with code 0"),
        ("import os; os.kill(os.getpid(), 11)", "was killed by SIGSEGV"),
        ("import os, time; os.close(1); time.sleep(600)", "closed its stdout"),
        ("print('x' * 6_000_000)", "a line that is too long"),
    ],
)
def test_a_death_is_told_once_with_its_reason(tmp_path: Path, code: str, reason: str) -> None:
    heard = Heard(tmp_path, code)
    assert reason in heard.end().reason
    assert not is_running(heard.process.pid)


def test_what_was_said_before_the_end_is_heard(tmp_path: Path) -> None:
    code = "import sys\nprint('one')\nsys.stderr.write('oh\\nno')\nsys.stdout.write('last')"
    heard = Heard(tmp_path, code)
    death = heard.end()
    assert heard.messages == [Printed("one"), Printed("last")]
    assert (heard.stderr, death.stderr) == (["oh", "no"], "oh\nno")


def test_a_grandchild_that_holds_the_pipes_does_not_hold_up_the_death(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],"
        " start_new_session=True)\n"
        "print(child.pid, flush=True)\n"
    )
    heard = Heard(tmp_path, code)
    assert "exited with code 0" in heard.end().reason
    (said,) = heard.messages
    assert isinstance(said, Printed)
    os.kill(int(said.text), 9)  # it made itself a session of its own: nobody else ends it


def test_kill_returns_when_everything_is_gone(tmp_path: Path) -> None:
    code = 'import time\nprint(\'{"event": "heartbeat"}\', flush=True)\ntime.sleep(600)'
    heard = Heard(tmp_path, code)
    wait_until(lambda: heard.messages == [Heartbeat()])
    heard.process.kill()
    heard.process.join()
    assert heard.end().reason == "was ended by dify-emulator"
    assert not is_running(heard.process.pid)
    heard.process.send(b"nobody hears this\n")


def test_both_sides_may_write_megabytes_at_once(tmp_path: Path) -> None:
    code = (
        "import sys, threading\n"
        "for _ in range(40):\n    print('x' * 1_000_000, flush=True)\n"
        "print(len(sys.stdin.buffer.read(40_000_000)), flush=True)\n"
    )
    heard = Heard(tmp_path, code)
    for _ in range(40):
        heard.process.send(b"y" * 1_000_000)
    heard.end()
    assert [m.text for m in heard.messages[-1:] if isinstance(m, Printed)] == ["40000000"]


def test_a_backlog_keeps_the_order_of_what_it_is_given() -> None:
    read, write = os.pipe()
    backlog = Backlog(write)
    sent = b"".join(bytes([number]) * 50_000 for number in range(100))
    for number in range(100):
        backlog.send(bytes([number]) * 50_000)
    received = bytearray()
    while len(received) < len(sent):
        received += os.read(read, 65_536)
    assert received == sent
    backlog.close()
    os.close(read)
    os.close(write)
