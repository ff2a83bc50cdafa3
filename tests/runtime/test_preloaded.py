"""The process that generations are forked off: its end, however it comes, and what it leaves."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.runtime.generations import READY_SECONDS, Generations, write_package
from tests.support.emulator import ROOT
from tests.support.plugin import write_plugin
from tests.support.waiting import is_running, wait_until

SAY = "import os\nyield self.create_json_message({'parent': os.getppid()})"
FORKS = 50


def plugin(folder: Path, imports: str = "") -> Path:
    write_plugin(folder, tools={"say": SAY})
    tool = folder / "tools" / "say.py"
    tool.write_text(f"{imports}\n{tool.read_text()}")
    return folder


def test_after_a_kill_the_next_start_is_cold_and_then_they_are_warm_again(tmp_path: Path) -> None:
    with Generations(plugin(tmp_path / "plugin"), tmp_path) as generations:
        preloaded = generations.warm().call()["parent"]
        os.kill(preloaded, signal.SIGKILL)
        wait_until(lambda: not is_running(preloaded))
        cold = generations.next()
        assert (cold.way, cold.call()["parent"]) == ("cold", os.getpid())
        generations.starts.prepare()
        again = generations.next()
        assert again.way == "forked"
        assert again.call()["parent"] not in (preloaded, os.getpid())


def test_generations_end_with_the_process_that_they_were_forked_off(tmp_path: Path) -> None:
    with Generations(plugin(tmp_path / "plugin"), tmp_path) as generations:
        generation = generations.warm()
        os.kill(generation.call()["parent"], signal.SIGKILL)
        wait_until(lambda: generation.running.has_died)
        wait_until(lambda: not is_running(generation.running.pid))


def test_a_retired_one_stays_for_its_generations_and_ends_with_the_last(tmp_path: Path) -> None:
    with Generations(plugin(tmp_path / "plugin"), tmp_path) as generations:
        generations.starts.prepare()
        started = [generations.next(), generations.next()]
        generations.starts.retire()
        (preloaded,) = {generation.call()["parent"] for generation in started}
        started[0].running.stop()
        assert started[1].call() == {"parent": preloaded}
        started[1].running.stop()
        wait_until(lambda: not is_running(preloaded))


def test_one_without_generations_ends_as_soon_as_it_is_retired(tmp_path: Path) -> None:
    with Generations(plugin(tmp_path / "plugin"), tmp_path) as generations:
        generations.starts.prepare()
        wait_until(generations.processes)
        generations.starts.retire()
        wait_until(lambda: not generations.processes())


@pytest.mark.parametrize("moment", ["at once", "when it is loaded", "after a fork"])
def test_stop_leaves_no_process(tmp_path: Path, moment: str) -> None:
    with Generations(plugin(tmp_path / "plugin"), tmp_path) as generations:
        generations.starts.prepare()
        if moment == "when it is loaded":
            generations.next().running.stop()
        elif moment == "after a fork":
            generations.next()
        generations.starts.stop()
        wait_until(lambda: not generations.processes())


HOST = """
import sys
from pathlib import Path
from tests.runtime.generations import Generations

with Generations(Path(sys.argv[1]), Path(sys.argv[2])) as generations:
    generations.starts.prepare()
    started = [generations.next() for _ in range(2)]
    print(*generations.processes(), flush=True)
    sys.stdin.read()
"""


def test_when_the_host_is_killed_nothing_of_it_is_left(tmp_path: Path) -> None:
    folder = plugin(tmp_path / "plugin")
    host = subprocess.Popen(
        [sys.executable, "-c", HOST, str(folder), str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert host.stdout
    pids = [int(word) for word in host.stdout.readline().split()]
    assert len(pids) == 6  # the preloaded one and two generations, each with a guard
    host.kill()
    host.communicate(timeout=READY_SECONDS)
    wait_until(lambda: not any(is_running(pid) for pid in pids))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="there is no /proc")
def test_many_forks_leak_no_file_on_either_side(tmp_path: Path) -> None:
    def files(pid: int) -> int:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))

    with Generations(plugin(tmp_path / "plugin"), tmp_path) as generations:
        preloaded = generations.warm().call()["parent"]
        before = files(os.getpid()), files(preloaded)
        for _ in range(FORKS):
            generations.start().stop()
        wait_until(lambda: (files(os.getpid()), files(preloaded)) <= before)
        generation = generations.next()
        assert (generation.way, generation.call()) == ("forked", {"parent": preloaded})


def test_many_generations_at_once_each_answer(tmp_path: Path) -> None:
    with Generations(plugin(tmp_path / "plugin"), tmp_path) as generations:
        generations.starts.prepare()
        started = [generations.next() for _ in range(8)]
        assert len({generation.call()["parent"] for generation in started}) == 1


WAITS = """
import os, time
while os.path.exists({barrier!r}):
    time.sleep(0.01)
"""


def test_a_package_whose_import_never_ends_holds_up_only_who_imports_it(tmp_path: Path) -> None:
    barrier = tmp_path / "barrier"
    barrier.touch()
    environment = write_package(tmp_path / "packages", "waits", WAITS.format(barrier=str(barrier)))
    folder = plugin(tmp_path / "plugin", "import waits")
    with Generations(folder, tmp_path, environment) as generations:
        generations.starts.prepare()
        hanging = generations.start()
        assert not hanging.is_settled(1)
        hanging.stop()
        plugin(folder)
        generations.starts.prepare()
        started = time.monotonic()
        assert generations.next().call()
        assert time.monotonic() - started < READY_SECONDS


ENDINGS = ["sys.exit(1)", "os._exit(1)", "1 / 0", "raise KeyboardInterrupt"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_package_that_only_the_plugin_can_import_is_left_to_it(
    tmp_path: Path, ending: str
) -> None:
    code = f"import os, sys\nif not hasattr(sys, 'prepared'):\n    {ending}\n"
    environment = write_package(tmp_path / "packages", "picky", code)
    folder = plugin(tmp_path / "plugin", "import sys\nsys.prepared = True\nimport picky")
    with Generations(folder, tmp_path, environment) as generations:
        assert generations.warm().call()
        generations.starts.prepare()
        assert generations.next().call()


def test_a_package_that_prints_when_it_is_imported_blocks_nobody(tmp_path: Path) -> None:
    code = (
        "import sys\nfor stream in (sys.stdout, sys.stderr):\n    stream.write('x' * 3_000_000)\n"
    )
    environment = write_package(tmp_path / "packages", "chatty", code)
    folder = plugin(tmp_path / "plugin", "import chatty")
    with Generations(folder, tmp_path, environment) as generations:
        assert generations.warm().call()


def test_stopping_a_generation_at_once_ends_it(tmp_path: Path) -> None:
    with Generations(plugin(tmp_path / "plugin"), tmp_path) as generations:
        generations.warm().running.stop()
        for _ in range(FORKS):
            running = generations.start()
            running.stop()
            assert running.has_died
            assert not is_running(running.pid)
