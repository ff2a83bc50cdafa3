"""Every storage call is known to come from a line of the plugin's own code."""

import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from threading import Thread
from uuid import uuid4

import pytest

from emulator.runtime.inside.own_code import path_in_plugin
from emulator.runtime.inside.places import _MOST
from emulator.runtime.places import Places
from emulator.runtime.warm_starts import Way
from tests.runtime.generations import Generations, Started, write_package
from tests.support.plugin import write_plugin

WAYS: list[Way] = ["cold", "forked"]
DRAW = "storage._generate_backwards_request_id()"


def plugin(folder: Path, body: str, **modules: str) -> Path:
    """A plugin with one tool and modules; two underscores in a module's name are a folder's end."""
    write_plugin(folder, tools={"say": body})
    for name, code in modules.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(code))
    return folder


def line(number: int) -> str:
    """What is told of a line of the tool's body, which begins at 1."""
    return f"tools/say.py:{6 + number}"


def ready(generations: Generations, way: Way) -> Started:
    if way == "forked":
        generations.starts.prepare()
    generation = generations.next()
    assert generation.way == way
    return generation


def places(tmp_path: Path, folder: Path, environment: Mapping[str, str] | None = None) -> list[str]:
    """Where the calls of the tool came from, however it was started."""
    told = []
    with Generations(folder, tmp_path, environment) as generations:
        for way in WAYS:
            generation = ready(generations, way)
            generation.call()
            told.append(generation.places)
    cold, forked = told
    assert cold == forked
    return [str(each) for each in cold]


HELPER = """
def remember(storage):
    put(storage, "k")

def put(storage, key):
    storage.set(key, b"v")

def read(storage):
    storage.get("k")
    yield from list_all(storage)

def list_all(storage):
    yield storage.exist("k")
"""


def test_helpers_and_who_called_them(tmp_path: Path) -> None:
    body = """\
    import inner.helper
    inner.helper.remember(storage)
    storage.delete("k")
    inner.helper.remember(storage); found = list(inner.helper.read(storage))
    yield self.create_json_message({})
    """
    folder = plugin(tmp_path / "plugin", body, inner__helper=HELPER)
    helper = "inner/helper.py"
    assert places(tmp_path, folder) == [
        f"{helper}:6 < {helper}:3 < {line(2)}",
        line(3),
        f"{helper}:6 < {helper}:3 < {line(4)}",
        f"{helper}:9 < {line(4)}",
        f"{helper}:13 < {helper}:10 < {line(4)}",
    ]


def test_modules_from_disk_and_a_folder_behind_a_link(tmp_path: Path) -> None:
    body = "import helper\nhelper.remember(storage)\nyield self.create_json_message({})"
    plugin(tmp_path / "plugin", body, helper=HELPER)
    (tmp_path / "link").symlink_to("plugin")
    with Generations(tmp_path / "link", tmp_path) as generations:
        generation = generations.next(from_disk=True)
        generation.call()
        assert generation.places == [f"helper.py:6 < helper.py:3 < {line(2)}"]


def test_a_recursion_shows_its_innermost_lines(tmp_path: Path) -> None:
    body = """\
    def down(depth):
        if depth:
            down(depth - 1)
        else:
            storage.set("k", b"v")
    [down(5) for _ in range(2)]
    down(50)
    yield self.create_json_message({})
    """
    shallow, deep = f"{line(5)} < {line(3)} < {line(6)}", f"{line(5)} < {line(3)}"
    assert places(tmp_path, plugin(tmp_path / "plugin", body)) == [shallow, shallow, deep]


def test_threads_and_greenlets_have_stacks_of_their_own(tmp_path: Path) -> None:
    body = """\
    import threading, gevent
    def keep():
        storage.set("k", b"v")
    for start in (
        lambda: threading.Thread(target=keep), lambda: gevent.Greenlet(keep),
        lambda: threading.Thread(target=storage.set, args=("k", b"v")),
    ):
        thread = start()
        thread.start()
        thread.join()
    yield self.create_json_message({})
    """
    told = places(tmp_path, plugin(tmp_path / "plugin", body))
    assert told == [line(3), line(3), "None"]


WRAPPING = """
def wrapped(function):
    def call(*args):
        return function(*args)
    return call

def keep(storage):
    storage.set("k", b"v")
"""


def test_packages_are_left_out_and_end_what_is_told(tmp_path: Path) -> None:
    body = """\
    import wrapping
    @wrapped
    def inner():
        storage.set("k", b"v")
    def outer():
        inner()
    outer()
    wrapping.keep(storage)
    yield self.create_json_message({})
    """
    folder = plugin(tmp_path / "plugin", body)
    tool = folder / "tools" / "say.py"
    tool.write_text(tool.read_text().replace("\n", "; from wrapping import wrapped\n", 1))
    # In the plugin's folder as well, as those of a .venv are.
    for packages in (tmp_path / "packages", folder / "env" / "lib" / "site-packages"):
        packages.parent.mkdir(parents=True, exist_ok=True)
        environment = write_package(packages, "wrapping", WRAPPING)
        assert places(tmp_path, folder, environment) == [line(4), line(8)]


def test_generated_code(tmp_path: Path) -> None:
    body = """\
    eval("storage.set('k', b'v')")
    exec(compile("\\n\\nstorage.get('k')", __file__, "exec"))
    exec(compile("storage.get('k')", "tools/none.py", "exec"))
    exec(compile("storage.get('k')", __file__[:-3] + "\\udcff.py", "exec"))
    yield self.create_json_message({})
    """
    told = places(tmp_path, plugin(tmp_path / "plugin", body))
    assert told[:3] == [line(1), f"tools/say.py:3 < {line(2)}", line(3)]
    assert told[3] == rf"tools/say\udcff.py:1 < {line(4)}"


def test_the_same_code_in_two_files_is_two_places(tmp_path: Path) -> None:
    body = """\
    import one, two
    one.keep(storage)
    two.keep(storage)
    yield self.create_json_message({})
    """
    folder = plugin(tmp_path / "plugin", body, one=WRAPPING, two=WRAPPING)
    assert places(tmp_path, folder) == [f"one.py:8 < {line(2)}", f"two.py:8 < {line(3)}"]


def test_there_is_an_end_to_places(tmp_path: Path) -> None:
    body = f"""\
    def draw(number):
        newlines = "\\n" * (100 + number % {_MOST + 10})
        return eval(compile(newlines + {DRAW!r}, __file__, "eval"), {{"storage": storage}})
    ids = [draw(number) for number in range({2 * _MOST})]
    yield self.create_json_message({{"ids": ids}})
    """
    with Generations(plugin(tmp_path / "plugin", body), tmp_path) as generations:
        generation = generations.next()
        ids = generation.call()["ids"]
        known = [generation.running.place_of(each) for each in ids]
    expected = [
        f"tools/say.py:{101 + number} < {line(3)} < {line(4)}" if number < _MOST else None
        for number in range(_MOST + 10)
    ]
    assert known == [expected[number % (_MOST + 10)] for number in range(2 * _MOST)]
    assert len(set(ids)) == len(ids)


def test_ids_are_as_those_of_the_sdk(tmp_path: Path) -> None:
    body = """\
    import sys, uuid
    from dify_plugin.core.runtime import BackwardsInvocation
    lengths = []
    class Recorder:
        def write(self, text):
            if "backwards_request_id" in text:
                lengths.append(len(text))
            return stdout.write(text)
        def __getattr__(self, name):
            return getattr(stdout, name)
    stdout, sys.stdout = sys.stdout, Recorder()
    for _ in range(100):
        storage.exist("k")
    BackwardsInvocation._generate_backwards_request_id = lambda self: uuid.uuid4().hex
    storage.exist("k")
    sys.stdout = stdout
    yield self.create_json_message({"lengths": lengths})
    """
    with Generations(plugin(tmp_path / "plugin", body), tmp_path) as generations:
        for way in WAYS:
            generation = ready(generations, way)
            lengths = generation.call()["lengths"]
            assert len(lengths) == 101
            assert len(set(lengths)) == 1
            ids = [request_id for request_id, _ in generation.calls]
            assert len(set(ids)) == 101
            assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)
            assert generation.places == [line(13)] * 100 + [None]


def test_a_plugin_may_draw_its_own_ids(tmp_path: Path) -> None:
    main = """\
    import itertools
    from dify_plugin import DifyPluginEnv, Plugin
    from dify_plugin.core.runtime import BackwardsInvocation
    numbers = itertools.count(1)
    BackwardsInvocation._generate_backwards_request_id = lambda self: f"mine {next(numbers)}"
    if __name__ == "__main__":
        Plugin(DifyPluginEnv()).run()
    """
    body = "storage.set('k', b'v')\nyield self.create_json_message({})"
    folder = write_plugin(tmp_path / "plugin", tools={"say": body}, main=main)
    with Generations(folder, tmp_path) as generations:
        for way in WAYS:
            generation = ready(generations, way)
            generation.call()
            assert generation.calls == [("mine 1", None)]


@pytest.mark.parametrize("way", WAYS)
def test_a_traceback_shows_nothing_of_ours(tmp_path: Path, way: Way) -> None:
    body = """\
    import traceback
    try:
        storage.get("missing")
    except Exception as error:
        text = "".join(traceback.format_exception(error))
    yield self.create_json_message({"text": text})
    """
    with Generations(plugin(tmp_path / "plugin", body), tmp_path) as generations:
        text = ready(generations, way).call()["text"]
    files = re.findall(r'File "(.+?)", line', text)
    assert files[0].endswith("tools/say.py")
    assert all("/dify_plugin/" in each for each in files[1:])


def test_many_threads_at_once(tmp_path: Path) -> None:
    body = f"""\
    import gevent, gevent.threadpool, threading
    def draw(number):
        code = compile("\\n" * (number - 1) + {DRAW!r}, __file__, "eval")
        return eval(code, {{"storage": storage}})
    drawn = []
    def some(start):
        for number in range(start, start + 100):
            drawn.append((100 + number % 150, draw(100 + number % 150)))
    pool = gevent.threadpool.ThreadPool(8)  # of the system's own threads
    threads = [threading.Thread(target=some, args=[50 * number]) for number in range(8)]
    for thread in threads:
        thread.start()
    gevent.joinall([pool.spawn(some, 50 * number) for number in range(8)])
    for thread in threads:
        thread.join()
    yield self.create_json_message({{"drawn": drawn}})
    """
    with Generations(plugin(tmp_path / "plugin", body), tmp_path) as generations:
        generation = generations.next()
        drawn = generation.call()["drawn"]
        assert len({request_id for _, request_id in drawn}) == 1600
        for number, request_id in drawn:
            place = f"tools/say.py:{number} < {line(4)} < {line(8)}"
            assert generation.running.place_of(request_id) == place


def test_a_process_that_the_plugin_forks_names_no_places(tmp_path: Path) -> None:
    body = f"""\
    import os
    first = {DRAW}
    ours, theirs = os.pipe()
    if not os.fork():
        os.write(theirs, ({DRAW} + {DRAW}).encode())
        os._exit(0)
    forked = os.read(ours, 64).decode()
    yield self.create_json_message({{"ids": [forked[:32], forked[32:], first, {DRAW}]}})
    """
    with Generations(plugin(tmp_path / "plugin", body), tmp_path) as generations:
        for way in WAYS:
            generation = ready(generations, way)
            ids = generation.call()["ids"]
            assert len(set(ids)) == 4
            told = [generation.running.place_of(each) for each in ids]
            assert told == [None, None, line(2), line(8)]


def test_a_call_may_arrive_before_its_place(tmp_path: Path) -> None:
    told, heard = Places(), []
    asking = Thread(target=lambda: heard.append(told.of("cafe0000" + "00000001" + "0" * 16)))
    asking.start()
    told.begin("cafe0000")
    told.add("cafe000000000001", ["a.py:1", "b.py:2"])
    asking.join()
    assert heard == ["a.py:1 < b.py:2"]


@pytest.mark.parametrize("of", ["another", "no place", "an end"])
def test_nobody_waits_for_what_does_not_come(of: str) -> None:
    told = Places()
    request_id = "cafe0000" + "00000001" + "0" * 16
    if of == "an end":
        asking = Thread(target=told.of, args=[request_id])
        asking.start()
        told.end()
    else:
        told.begin("cafe0000")
        request_id = uuid4().hex if of == "another" else "cafe0000" + "0" * 24
    before = time.monotonic()
    assert [told.of(request_id) for _ in range(1000)] == [None] * 1000
    if of == "an end":
        asking.join()
    assert time.monotonic() - before < 0.5


def test_a_process_that_is_gone_is_not_waited_for(tmp_path: Path) -> None:
    body = "storage.set('k', b'v')\nyield self.create_json_message({})"
    with Generations(plugin(tmp_path / "plugin", body), tmp_path) as generations:
        generation = generations.next()
        generation.call()
        generation.running.stop()
        ((request_id, place),) = generation.calls
        assert generation.running.place_of(request_id) == place == line(1)
        before = time.monotonic()
        assert generation.running.place_of(f"{request_id[:8]}12345678{request_id[16:]}") is None
        assert time.monotonic() - before < 0.5


def test_a_plugin_may_lie_where_python_does() -> None:
    folder = f"{sys.prefix}/src/app"
    assert path_in_plugin(folder, f"{folder}/../app/main.py") == "main.py"
    assert path_in_plugin(folder, f"{folder}/env/lib/site-packages/main.py") is None
    assert path_in_plugin(str(Path(sys.prefix).parent), f"{sys.prefix}/lib/main.py") is None
    assert path_in_plugin(folder, f"{folder}er/main.py") is None
    assert path_in_plugin(folder, "<string>") is None
