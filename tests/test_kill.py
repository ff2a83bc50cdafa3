"""kill -9 at random moments: no acknowledged write is lost, and nothing is left running."""

import os
import random
import signal
import sqlite3
import subprocess
from functools import partial
from pathlib import Path

import pytest

from emulator.dify.storage import Storage
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store
from tests.conftest import MakePlugin
from tests.support.plugin import parameter
from tests.support.waiting import is_running, wait_until

KEYS = 20

# Each write is acknowledged to the tool, which then notes it in a file of the test's.
WRITER = f"""
import os
with open(tool_parameters["journal"], "a") as journal:
    journal.write(f"pid {{os.getpid()}}\\n")
    journal.flush()
    number = int(tool_parameters["first"])
    while True:
        storage.set(f"k/{{number % {KEYS}}}", str(number).encode() * 50)
        journal.write(f"{{number}}\\n")
        journal.flush()
        number += 1
yield self.create_text_message("never")
"""


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["emulator", "plugin"])
def test_no_acknowledged_write_is_lost(
    make_plugin: MakePlugin, tmp_path: Path, victim: str
) -> None:
    parameters = [parameter("journal"), parameter("first")]
    emulator = make_plugin(tools={"write": WRITER}, parameters={"write": parameters})
    chance = random.Random(victim)
    first = 0
    acknowledged: dict[int, int] = {}
    for attempt in range(26):
        journal = tmp_path / f"journal{attempt}"
        journal.touch()
        process = subprocess.Popen(
            emulator.command("run", "write", f"journal={journal}", f"first={first}"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=emulator.environ(),
        )
        enough = chance.randrange(1, 300)
        wait_until(partial(has_lines, journal, enough))
        plugin = int(journal.read_text().split()[1])
        os.kill(process.pid if victim == "emulator" else plugin, signal.SIGKILL)
        assert process.wait(timeout=20) == (-9 if victim == "emulator" else 1)
        wait_until(partial(is_gone, plugin))
        numbers = [int(line) for line in journal.read_text().splitlines()[1:]]
        acknowledged.update((number % KEYS, number) for number in numbers)
        first = numbers[-1] + 2
        check(emulator.state / "state.db", acknowledged, in_flight=numbers[-1] + 1)


def has_lines(file: Path, count: int) -> bool:
    return file.read_text().count("\n") > count


def is_gone(pid: int) -> bool:
    return not is_running(pid)


def check(path: Path, acknowledged: dict[int, int], in_flight: int) -> None:
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    storage = Storage(Store(StateFile(path), "default", "tests/plugin"), None)
    for key, number in list(acknowledged.items()):
        stored = storage.get(f"k/{key}").value
        if key == in_flight % KEYS and stored == str(in_flight).encode() * 50:
            # Kept, although nobody was told so any more: from now on it has to stay.
            acknowledged[key] = in_flight
        else:
            assert stored == str(number).encode() * 50
    storage.store.file.close()
