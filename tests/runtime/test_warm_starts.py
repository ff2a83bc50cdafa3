"""Generations started warm, under the real SDK: what they are, and what they share."""

from pathlib import Path

import pytest

from emulator.errors import PluginLoadError
from tests.runtime.generations import READY_SECONDS, Generations, write_package
from tests.support.plugin import write_plugin

SAY = "yield self.create_json_message({'said': 'hello', 'pid': os.getpid()})"
"""Its file imports what the test wants beside this."""
STORE = "storage.set('k', b'1')\nyield self.create_json_message({'k': storage.get('k').decode()})"


def plugin(folder: Path, imports: str = "", body: str = SAY) -> Path:
    """A plugin with one tool, whose file begins with some imports."""
    write_plugin(folder, tools={"say": body})
    tool = folder / "tools" / "say.py"
    tool.write_text(f"import os\n{imports}\n{tool.read_text()}")
    return folder


def test_nothing_prepared_is_a_cold_start(tmp_path: Path) -> None:
    with Generations(plugin(tmp_path / "plugin"), tmp_path) as generations:
        assert generations.next().way == "cold"


def test_a_forked_generation_answers_and_so_does_the_one_after_it(tmp_path: Path) -> None:
    with Generations(plugin(tmp_path / "plugin", body=STORE), tmp_path) as generations:
        generations.starts.prepare()
        started = [generations.next() for _ in range(3)]
        assert [each.way for each in started] == ["forked"] * 3
        assert [each.call() for each in started] == [{"k": "1"}] * 3
        assert len({each.running.pid for each in started}) == 3


def test_a_forked_generation_is_in_a_session_of_its_own(tmp_path: Path) -> None:
    body = "yield self.create_json_message({'is': os.getpid() == os.getsid(0) == os.getpgid(0)})"
    with Generations(plugin(tmp_path / "plugin", body=body), tmp_path) as generations:
        assert generations.warm().call() == {"is": True}


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="there is no /proc")
def test_a_forked_generation_has_no_file_but_its_own(tmp_path: Path) -> None:
    body = "yield self.create_json_message({'fds': sorted(os.listdir('/proc/self/fd'), key=int)})"
    with Generations(plugin(tmp_path / "plugin", body=body), tmp_path) as generations:
        cold = generations.next().call()["fds"]
        generations.starts.prepare()
        forked = [generations.next() for _ in range(3)]
        assert [each.way for each in forked] == ["forked"] * 3
        assert {len(each.call()["fds"]) for each in forked} == {len(cold)}


def test_what_a_generation_imports_is_loaded_ahead_for_the_next(tmp_path: Path) -> None:
    environment = write_package(tmp_path / "packages", "heavy", "import os\npid = os.getpid()\n")
    body = "yield self.create_json_message({'pid': heavy.pid, 'parent': os.getppid()})"
    folder = plugin(tmp_path / "plugin", "import heavy", body)
    with Generations(folder, tmp_path, environment) as generations:
        generations.starts.prepare()
        first = generations.next()
        assert first.call()["pid"] == first.running.pid
        generations.starts.prepare()
        second = generations.next()
        told = second.call()
        assert second.way == "forked"
        assert told["pid"] == told["parent"] != second.running.pid


def test_what_is_imported_late_is_loaded_ahead_as_well(tmp_path: Path) -> None:
    environment = write_package(tmp_path / "packages", "late", "import os\npid = os.getpid()\n")
    body = "import late\nyield self.create_json_message({'pid': late.pid, 'parent': os.getppid()})"
    folder = plugin(tmp_path / "plugin", body=body)
    with Generations(folder, tmp_path, environment) as generations:
        generations.starts.prepare()
        first = generations.next()
        assert first.call()["pid"] == first.running.pid
        generations.starts.prepare()
        told = generations.next().call()
        assert told["pid"] == told["parent"]


def test_the_plugins_own_modules_are_never_loaded_ahead(tmp_path: Path) -> None:
    body = "yield self.create_json_message({'pid': own.pid, 'me': os.getpid()})"
    folder = plugin(tmp_path / "plugin", "import own", body)
    (folder / "own.py").write_text("import os\npid = os.getpid()\n")
    with Generations(folder, tmp_path) as generations:
        told = generations.warm().call()
        assert told["pid"] == told["me"]


THREAD = """
import threading
started = threading.Event()
thread = threading.Thread(target=lambda: (started.set(), threading.Event().wait()), daemon=True)
thread.start()
started.wait()
alive = thread.is_alive
"""
GREENLET = """
import gevent
seen = []
def work():
    while True:
        seen.append(1)
        gevent.sleep(0.001)
greenlet = gevent.spawn(work)
gevent.sleep(0.01)
def alive():
    before = len(seen)
    gevent.sleep(0.05)
    return len(seen) > before
"""


@pytest.mark.parametrize("code", [THREAD, GREENLET], ids=["threads", "greenlets"])
def test_a_package_that_starts_something_makes_spares(tmp_path: Path, code: str) -> None:
    environment = write_package(tmp_path / "packages", "lively", code)
    body = "yield self.create_json_message({'alive': lively.alive(), 'pid': os.getpid()})"
    folder = plugin(tmp_path / "plugin", "import lively", body)
    with Generations(folder, tmp_path, environment) as generations:
        started = [generations.warm()]
        generations.starts.prepare()
        started.append(generations.next())
        assert [each.way for each in started] == ["spare", "spare"]
        told = [each.call() for each in started]
        assert [each["alive"] for each in told] == [True, True]
        assert [each["pid"] for each in told] == [each.running.pid for each in started]


def test_a_spare_is_used_once_and_until_the_next_is_there_starts_are_cold(tmp_path: Path) -> None:
    environment = write_package(tmp_path / "packages", "lively", THREAD)
    folder = plugin(tmp_path / "plugin", "import lively")
    with Generations(folder, tmp_path, environment) as generations:
        assert generations.warm().way == "spare"
        assert generations.next().way == "cold"
        generations.starts.prepare()
        assert generations.next().way == "spare"


HIDING = """
import importlib.util, os, sysconfig
place = os.path.join(sysconfig.get_path("stdlib"), "queue.py")
spec = importlib.util.spec_from_file_location("real_queue", place)
real = importlib.util.module_from_spec(spec)
spec.loader.exec_module(real)
globals().update({name: value for name, value in vars(real).items() if name[:2] != "__"})
mine = True
"""
"""A queue.py from which the SDK gets what it needs of Python's."""


def test_a_plugin_that_hides_what_the_sdk_loads_starts_cold_and_has_its_own(tmp_path: Path) -> None:
    body = "yield self.create_json_message({'mine': hasattr(queue, 'mine')})"
    folder = plugin(tmp_path / "plugin", "import queue", body)
    with Generations(folder, tmp_path) as generations:
        generations.starts.prepare()
        warm = generations.next()
        (folder / "queue.py").write_text(HIDING)
        cold = generations.next()
        (folder / "queue.py").unlink()
        warm_again = generations.next()
        told = [(each.way, each.call()["mine"]) for each in (warm, cold, warm_again)]
        assert told == [("forked", False), ("cold", True), ("forked", False)]


@pytest.mark.parametrize("own", ["extra.py", "extra/__init__.py"])
def test_a_plugin_that_hides_a_package_has_its_own_from_then_on(tmp_path: Path, own: str) -> None:
    environment = write_package(tmp_path / "packages", "extra", "whose = 'the package'\n")
    body = "yield self.create_json_message({'whose': extra.whose})"
    folder = plugin(tmp_path / "plugin", "import extra", body)
    with Generations(folder, tmp_path, environment) as generations:
        warm = generations.warm()
        (folder / own).parent.mkdir(exist_ok=True)
        (folder / own).write_text("whose = 'the plugin'\n")
        told = [(each.way, each.call()["whose"]) for each in (warm, generations.next())]
        assert told == [("forked", "the package"), ("cold", "the plugin")]


def test_a_folder_without_init_hides_no_package(tmp_path: Path) -> None:
    environment = write_package(tmp_path / "packages", "extra", "whose = 'the package'\n")
    body = "yield self.create_json_message({'whose': extra.whose})"
    folder = plugin(tmp_path / "plugin", "import extra", body)
    (folder / "extra").mkdir()
    (folder / "extra" / "thing.py").write_text("")
    with Generations(folder, tmp_path, environment) as generations:
        assert generations.warm().call() == {"whose": "the package"}


@pytest.mark.parametrize("way", ["cold", "forked", "spare"])
@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ("os._exit(7)", "exited with code 7"),
        ("sys.exit(3)", "exited with code 3"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "was killed by SIGSEGV"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "was killed by SIGKILL"),
    ],
)
def test_the_end_of_a_generation_is_told(
    tmp_path: Path, way: str, ending: str, reason: str
) -> None:
    environment = write_package(tmp_path / "packages", "lively", THREAD)
    folder = plugin(tmp_path / "plugin")
    (folder / "main.py").write_text(f"import os, signal, sys\n{ending}\n")
    with Generations(folder, tmp_path, environment) as generations:
        if way == "spare":
            generations.starts.learn("lively")
        if way != "cold":
            generations.starts.prepare()
        running = generations.start()
        assert running.is_settled(READY_SECONDS)
        with pytest.raises(PluginLoadError, match=reason):
            running.wait_until_ready(0)
        assert generations.way == way


def test_a_generation_that_dies_in_a_call_says_how(tmp_path: Path) -> None:
    folder = plugin(tmp_path / "plugin", body="os._exit(9)\nyield")
    with Generations(folder, tmp_path) as generations:
        document = generations.warm().round()
        assert document["status"] == "crashed"
        assert "exited with code 9" in document["error"]["message"]


RANDOM = """
values = [random.random(), os.urandom(4).hex(), uuid.uuid4().hex]
if numpy:
    values += [float(numpy.random.random()), float(numpy.random.default_rng().random())]
yield self.create_json_message({"values": values})
"""
IMPORTS = """
import random, uuid
try:
    import numpy
except ImportError:
    numpy = None
"""


def test_generations_draw_random_numbers_of_their_own(tmp_path: Path) -> None:
    with Generations(plugin(tmp_path / "plugin", IMPORTS, RANDOM), tmp_path) as generations:
        drawn = [generations.warm().call()["values"], generations.next().call()["values"]]
        assert generations.way == "forked"
        assert not set(drawn[0]) & set(drawn[1])


def test_pandas_is_loaded_ahead_and_works_in_what_is_forked(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    body = "sum = int(pandas.DataFrame({'a': range(1000)})['a'].sum())\n"
    body += "yield self.create_json_message({'sum': sum, 'loaded': loaded})"
    imports = "import sys\nloaded = 'pandas' in sys.modules\nimport pandas"
    with Generations(plugin(tmp_path / "plugin", imports, body), tmp_path) as generations:
        generation = generations.warm()
        assert (generation.way, generation.call()) == ("forked", {"sum": 499500, "loaded": True})
