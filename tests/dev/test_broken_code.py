"""While code does not load: calls get the error at once or the last good code, and never a hang."""

import contextlib
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.dev.served import SECONDS, TOOL, Served, saying, served, write_saying
from tests.support.plugin import write_plugin
from tests.support.waiting import is_running, wait_until

BROKEN = [
    (TOOL, "def broken(:\n", "tools/say.py:1:12: DE703 is not Python: invalid syntax"),
    (TOOL, "import nothing_of_this_name\n", "tools/say.py:1: ModuleNotFoundError"),
    (TOOL, "x = 1\n", "Missing subclass of Tool"),
    (TOOL, "import os\nos._exit(3)\n", "the plugin exited with code 3 before it was ready"),
    ("own.py", "1 / 0\n", "own.py:1: ZeroDivisionError"),
    ("main.py", "", "the plugin exited with code 0 before it was ready"),
    ("tools/say.yaml", "identity: [\n", "tools/say.yaml"),
    ("tools/say.yaml", "{}\n", "tools/say.yaml"),
    ("manifest.yaml", "{}\n", "manifest.yaml"),
    ("dify-emulator.yaml", "wokspace: a\n", "did you mean `workspace`?"),
    ("dify-emulator.yaml", "user: ${NOT_SET_ANYWHERE}\n", "NOT_SET_ANYWHERE is not set"),
]


def write_importing(folder: Path) -> Path:
    """A plugin with a module of its own beside the tool."""
    write_saying(folder)
    (folder / "own.py").write_text("value = 1\n")
    (folder / TOOL).write_text(saying("one", "import own"))
    return folder


@pytest.fixture(scope="module")
def importing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One dev for all ways to break what it serves, as each is mended again."""
    with served(write_importing(tmp_path_factory.mktemp("broken") / "plugin")) as plugin:
        yield plugin


@pytest.mark.parametrize(("name", "text", "told"), BROKEN)
def test_calls_get_the_error_at_once_and_the_code_again_when_it_is_back(
    importing: Served, name: str, text: str, told: str
) -> None:
    plugin = importing
    times = len(plugin.dev.events("broken"))
    path = plugin.folder / name
    before = path.read_text() if path.exists() else None
    plugin.write(name, text)
    event = plugin.broken(times + 1)
    assert told in event["error"]["message"]
    assert (event["changed"], event["stale"]) == ([name], None)
    error = plugin.call()["error"]
    assert error["message"] == event["error"]["message"]
    if before is None:
        path.unlink()
    else:
        path.write_text(before)
    wait_until(lambda: len(plugin.dev.events("mended")) > times, SECONDS)
    assert plugin.said() == "one"
    assert plugin.dev.events("mended")[-1]["generation"] == plugin.generation == 1


def test_the_commands_and_endpoints_tell_the_error(tmp_path: Path) -> None:
    folder = write_saying(
        tmp_path / "plugin", tools={"say": ""}, endpoints={"GET /": "return Response('hi')"}
    )
    with served(folder) as plugin:
        assert plugin.dev.get("/").text == "hi"
        plugin.write(TOOL, "1 / 0\n")
        plugin.broken()
        answer = plugin.dev.get("/")
        assert answer.status_code == 503
        assert answer.text.startswith("tools/say.py:1: ZeroDivisionError")
        ran = plugin.command("run", "say")
        assert (ran.code, ran.out) == (3, b"")
        assert "tools/say.py:1: ZeroDivisionError: division by zero" in ran.err
        assert "Traceback" in plugin.dev.events("broken")[0]["error"]["details"]
        assert plugin.dev.events("round")[1:] == []


def test_the_first_load_may_fail_and_the_next_one_is_generation_one(tmp_path: Path) -> None:
    folder = write_saying(tmp_path / "plugin")
    (folder / TOOL).write_text("1 / 0\n")
    with served(folder) as plugin:
        assert "ZeroDivisionError" in plugin.call()["error"]["message"]
        plugin.save("two")
        plugin.says("two")
        assert plugin.generation == 1


def test_another_error_is_told_and_the_same_one_is_not_told_twice(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        plugin.write(TOOL, "1 / 0\n")
        plugin.broken()
        (plugin.folder / TOOL).write_text("1 / 0\n")
        plugin.write(TOOL, "'a' + 1\n")
        assert "TypeError" in plugin.broken(2)["error"]["message"]
        plugin.save("two")
        plugin.says("two")
        assert len(plugin.dev.events("broken")) == 2


def test_the_last_good_code_answers_if_that_is_wanted_and_says_that_it_is_stale(
    tmp_path: Path,
) -> None:
    folder = write_saying(
        tmp_path / "plugin", tools={"say": ""}, endpoints={"GET /": "return Response('hi')"}
    )
    with served(folder, "--on-broken", "stale") as plugin:
        assert "Dify-Emulator-Stale" not in plugin.dev.get("/").headers
        plugin.write(TOOL, "1 / 0\n")
        assert plugin.broken()["stale"] == 1
        document = plugin.call()
        assert document["stale"].startswith("generation 1")
        assert document["messages"][0]["message"]["text"] == "one"
        answer = plugin.dev.get("/")
        assert (answer.status_code, answer.text) == (200, "hi")
        assert answer.headers["Dify-Emulator-Stale"].startswith("generation 1")
        ran = plugin.command.ok("run", "say")
        assert ran.text == "one\n"
        assert "Stale: generation 1" in ran.err
        assert plugin.dev.events("round")[-1]["stale"] is True
        plugin.save("two")
        plugin.says("two")
        assert plugin.call()["stale"] is None


def test_stale_code_whose_process_dies_leaves_the_error(tmp_path: Path) -> None:
    folder = write_plugin(
        tmp_path / "plugin", tools={"say": "", "die": "import os\nos._exit(1)\nyield"}
    )
    (folder / TOOL).write_text(saying("one"))
    with served(folder, "--on-broken", "stale", "--rerun", "none") as plugin:
        plugin.write(TOOL, "1 / 0\n")
        plugin.broken()
        assert plugin.call("die")["status"] == "crashed"
        assert "ZeroDivisionError" in plugin.call()["error"]["message"]
        plugin.save("two")
        plugin.says("two")


@pytest.mark.parametrize("where", [TOOL, "main.py"])
def test_an_import_that_never_ends_is_superseded_by_the_next_save(
    tmp_path: Path, where: str
) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        good = (plugin.folder / where).read_text()
        pid_file = tmp_path / "pid"
        endless = f"import os, pathlib, time\npathlib.Path({str(pid_file)!r}).write_text("
        endless += "str(os.getpid()))\nwhile True:\n    time.sleep(0.01)\n"
        plugin.write(where, endless)
        wait_until(pid_file.exists, SECONDS)
        (plugin.folder / where).write_text(good)
        plugin.says("one")
        wait_until(lambda: not is_running(int(pid_file.read_text())))


def test_dev_ends_at_once_while_an_import_never_ends(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        reached = tmp_path / "reached"
        plugin.write(TOOL, f"open({str(reached)!r}, 'w')\nwhile True:\n    pass\n")
        wait_until(reached.exists, SECONDS)
        started = plugin.dev.processes()
        assert plugin.dev.stop() == 130
        wait_until(lambda: not any(is_running(pid) for pid in started))


def test_a_process_that_ends_by_itself_is_started_again_by_the_next_call(tmp_path: Path) -> None:
    tools = {"say": "", "die": "import os\nos._exit(7)\nyield"}
    folder = write_plugin(tmp_path / "plugin", tools=tools)
    (folder / TOOL).write_text(saying("one"))
    with served(folder, "--rerun", "none") as plugin:
        for number in range(1, 4):
            document = plugin.call("die")
            assert document["status"] == "crashed"
            assert "exited with code 7" in document["error"]["message"]
            plugin.died(number)
            assert plugin.said() == "one"
            assert plugin.generation == number + 1
            assert plugin.dev.events("loaded")[-1]["changed"] == []


PID = "import os\nyield self.create_text_message(str(os.getpid()))"


def test_a_process_that_is_killed_from_outside_is_started_again(tmp_path: Path) -> None:
    with served(write_plugin(tmp_path / "plugin", tools={"say": PID})) as plugin:
        pids = [int(plugin.said())]
        for number in range(1, 4):
            os.kill(pids[-1], signal.SIGKILL)
            plugin.died(number)
            pids.append(int(plugin.said()))
        assert len(set(pids)) == 4


def test_everything_that_dev_started_may_be_killed(tmp_path: Path) -> None:
    with served(write_plugin(tmp_path / "plugin", tools={"say": PID})) as plugin:
        for number in range(1, 4):
            for pid in plugin.dev.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            plugin.died(number)
            assert int(plugin.said()) in plugin.dev.processes()


def test_what_was_missing_and_is_there_now_is_found_by_a_touch(tmp_path: Path) -> None:
    folder = write_saying(tmp_path / "plugin")
    (folder / TOOL).write_text(saying("one", "import installed_later"))
    packages = tmp_path / "packages"
    packages.mkdir()
    with served(folder, environment={"PYTHONPATH": str(packages)}) as plugin:
        assert "No module named 'installed_later'" in plugin.broken()["error"]["message"]
        (packages / "installed_later.py").write_text("")
        (folder / TOOL).open("a").close()
        plugin.dev.wait_for("loaded")
        assert plugin.said() == "one"


def test_a_call_after_a_change_waits_for_the_code_that_is_being_loaded(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin, ThreadPoolExecutor() as pool:
        reached, barrier = tmp_path / "reached", tmp_path / "barrier"
        slow = f"import os, time\nopen({str(reached)!r}, 'w').close()\n"
        slow += f"while not os.path.exists({str(barrier)!r}):\n    time.sleep(0.01)"
        plugin.save("two", slow)
        wait_until(reached.exists, SECONDS)
        calls = [pool.submit(plugin.said) for _ in range(10)]
        barrier.touch()
        assert {call.result(SECONDS) for call in calls} == {"two"}
