"""Processes that cannot outlive us."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.runtime.child import Child
from emulator.runtime.spawn import spawn
from tests.support.waiting import is_running, wait_until

SLEEP = "import time; print('up', flush=True); time.sleep(600)"


def started(folder: Path, code: str) -> Child:
    child = spawn([sys.executable, "-c", code], folder, dict(os.environ))
    assert os.read(child.stdout, 100)
    return child


def test_a_child_has_its_folder_and_a_group_of_its_own(tmp_path: Path) -> None:
    code = "import os; print(os.getcwd(), os.getpgid(0) == os.getpid() == os.getsid(0))"
    child = spawn([sys.executable, "-c", code], tmp_path, dict(os.environ))
    os.waitpid(child.pid, 0)
    assert os.read(child.stdout, 1000).decode() == f"{tmp_path.resolve()} True\n"
    child.close()


def test_a_child_sees_no_file_of_ours_and_no_child_of_its_own(tmp_path: Path) -> None:
    code = (
        "import os\n"
        "fds = [n for n in range(3, 100) if os.path.exists(f'/dev/fd/{n}')]\n"
        "listing = [n for n in fds if not os.path.realpath(f'/dev/fd/{n}').startswith('/proc')]\n"
        "try:\n    os.wait()\nexcept ChildProcessError:\n    print('alone', listing)\n"
    )
    with (tmp_path / "open").open("w"):
        child = spawn([sys.executable, "-c", code], tmp_path, dict(os.environ))
        os.waitpid(child.pid, 0)
    assert os.read(child.stdout, 1000).decode() == "alone []\n"
    child.close()


def test_closing_our_ends_ends_the_child(tmp_path: Path) -> None:
    child = started(tmp_path, SLEEP)
    child.close()
    _, status = os.waitpid(child.pid, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL


def test_a_command_that_is_not_there_ends_with_127(tmp_path: Path) -> None:
    child = spawn([str(tmp_path / "none")], tmp_path, dict(os.environ))
    _, status = os.waitpid(child.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 127
    child.close()


PARENT = """
import os, sys
from pathlib import Path
from emulator.runtime.spawn import spawn
code = '''
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), grandchild.pid, flush=True)
time.sleep(600)
'''
child = spawn([sys.executable, "-c", code], Path("."), dict(os.environ))
print(os.fdopen(child.stdout).readline(), end="", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_when_we_are_killed_the_child_and_what_it_started_are_gone(how: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdout
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 2
    assert all(is_running(pid) for pid in pids)
    os.kill(parent.pid, how)
    parent.communicate(timeout=20)
    wait_until(lambda: not any(is_running(pid) for pid in pids))
