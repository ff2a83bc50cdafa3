"""Two hundred saves in ten seconds under constant load: nothing fails, nothing is mixed or left."""

import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.dev.served import SECONDS, Served, served
from tests.runtime.process_tree import Tree
from tests.support.plugin import write_plugin
from tests.support.waiting import wait_until

SAVES = 200
SECONDS_BETWEEN = 0.05
CALLERS = 2
"""Threads that call the tool, and as many that send requests."""
MEMORY_MARGIN = 0.1

# The two modules are saved in turn, `early` first: on disk it is the same as `late` or one ahead.
# Whatever is imported after a while from files that have been saved meanwhile breaks that.
BODY = """
import time
import early
time.sleep(0.02)
import late
storage.set("last", str(early.number).encode())
"""
TOOL = BODY + "yield self.create_json_message({'early': early.number, 'late': late.number})"
ENDPOINT = BODY + "return Response(json.dumps({'early': early.number, 'late': late.number}))"


def write_many(folder: Path) -> Path:
    write_plugin(folder, tools={"say": TOOL}, endpoints={"GET /": ENDPOINT})
    for name in ("early", "late"):
        (folder / f"{name}.py").write_text("number = 0\n")
    tool = folder / "tools" / "say.py"
    tool.write_text(f"import early\n{tool.read_text()}")
    return folder


@dataclass
class Load:
    """Calls that are made without a pause until it is told to stop."""

    plugin: Served
    seen: dict[int, set[tuple[int, int]]] = field(default_factory=lambda: defaultdict(set))
    """What rounds saw, by their generation; requests, which do not know it, under 0."""
    calls: int = 0
    stopping: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have it run. Raises whatever has failed."""
        with ThreadPoolExecutor() as pool:
            made: list[Future[None]] = []
            for make in [self._call, self._request] * CALLERS:
                made.append(pool.submit(self._go_on, make))
            try:
                yield
            finally:
                self.stopping = True
            for each in made:
                each.result(SECONDS)

    def _go_on(self, make: Callable[[httpx.Client], tuple[int, dict[str, int]]]) -> None:
        with httpx.Client(trust_env=False, timeout=SECONDS) as client:
            while not self.stopping:
                generation, told = make(client)
                with self.lock:
                    self.calls += 1
                    self.seen[generation].add((told["early"], told["late"]))

    def _call(self, _client: httpx.Client) -> tuple[int, dict[str, int]]:
        document = self.plugin.call()
        assert document.get("status") == "ok", document
        return document["generation"], document["messages"][0]["message"]["json_object"]

    def _request(self, client: httpx.Client) -> tuple[int, dict[str, int]]:
        answer = client.get(self.plugin.dev.endpoint_url("/"))
        assert answer.status_code == 200, answer.text
        return 0, answer.json()


SAVER = """
import sys, time
from pathlib import Path
folder, first, saves, seconds = Path(sys.argv[1]), *map(float, sys.argv[2:])
begun = time.monotonic()
for number in range(int(saves)):
    time.sleep(max(0, begun + number * seconds - time.monotonic()))
    name = ("early", "late")[number % 2]
    (folder / f"{name}.py").write_text(f"number = {int(first) + number // 2}\\n")
"""


def save_in_turn(plugin: Served, first: int, saves: int) -> None:
    """Each module is saved in place, one after the other, at a steady pace.

    By a process of its own, as an editor is: here it would wait for the threads of the load.
    """
    words = map(str, (plugin.folder, first, saves, SECONDS_BETWEEN))
    subprocess.run([sys.executable, "-c", SAVER, *words], check=True, timeout=SECONDS)


def settle(plugin: Served, tree: Tree, number: int) -> int:
    """Wait for the last save to be served by all that is left; gives the memory of that."""

    def is_last() -> bool:
        document = plugin.call()
        last = {"early": number, "late": number}
        return bool(document["messages"][0]["message"]["json_object"] == last)

    wait_until(is_last, SECONDS)
    plugin.dev.get("/")
    # dev, the preloaded process and the generation; the latter two with a guard.
    wait_until(lambda: len(tree.pids()) == 5, SECONDS)
    return tree.memory()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is looked up in /proc")
@pytest.mark.parametrize("rerun", ["none", "last"])
def test_many_saves_under_load(tmp_path: Path, rerun: str) -> None:
    tree = Tree()
    folder = write_many(tmp_path / "plugin")
    with served(folder, "--rerun", rerun, environment=tree.environment) as plugin:
        before = Load(plugin)
        with before.running():
            save_in_turn(plugin, 1, SAVES // 10)
        memory = settle(plugin, tree, SAVES // 20)
        load = Load(plugin)
        with load.running():
            save_in_turn(plugin, SAVES, SAVES)
            saved_at = time.monotonic()
        grown = settle(plugin, tree, SAVES + SAVES // 2 - 1) / memory - 1
        assert time.monotonic() - saved_at < SECONDS
        for generation, seen in load.seen.items():
            assert generation == 0 or len(seen) == 1, (generation, seen)
            assert all(early - late in (0, 1) or late == SAVES // 20 for early, late in seen), seen
        assert load.calls > SAVES / 10  # each waits for a generation
        assert plugin.dev.events("broken") == plugin.dev.events("died") == []
        assert {event["way"] for event in plugin.dev.events("loaded")} == {"forked"}
        assert abs(grown) < MEMORY_MARGIN
