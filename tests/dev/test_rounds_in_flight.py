"""A round ends on the code on which it began, whatever is saved meanwhile; nothing is mixed."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from tests.dev.served import SECONDS, Served, served
from tests.support.plugin import parameter, write_plugin, write_yaml
from tests.support.waiting import is_running, wait_until

WAITS = """
import time
import own
me = tool_parameters["me"]
first = own.value
storage.set(f"begun/{me}", b"1")
while not storage.exist("go"):
    time.sleep(0.005)
import late
yield self.create_text_message(f"{first} {own.value} {late.value}")
"""
STREAMS = """
import time
import own
def pieces():
    yield own.value
    while not storage.exist("go"):
        time.sleep(0.005)
    import late
    yield " " + late.value
return Response(pieces(), content_type="text/plain")
"""


def write_waiting(folder: Path) -> Path:
    write_plugin(
        folder,
        tools={"say": WAITS},
        parameters={"say": [parameter("me")]},
        endpoints={"GET /": STREAMS},
    )
    write_version(folder, "one")
    write_yaml(folder / "dify-emulator.yaml", {"rerun": "none"})
    return folder


def write_version(folder: Path, text: str) -> None:
    for name in ("own", "late"):
        (folder / f"{name}.py").write_text(f"value = {text!r}\n")


class Rounds:
    """Rounds that wait in a plugin for the key ``go``."""

    def __init__(self, plugin: Served, pool: ThreadPoolExecutor) -> None:
        self._plugin, self._pool = plugin, pool

    def begin(self, me: str) -> "Future[dict[str, Any]]":
        """Begin one; it has begun."""
        future = self._pool.submit(self._plugin.call, "say", me=me)
        self._plugin.wait_for_key(f"begun/{me}")
        return future

    def go(self) -> None:
        self._plugin.command.ok("storage", "set", "go", "1")


def text_of(future: "Future[dict[str, Any]]") -> str:
    document = future.result(SECONDS)
    assert document["error"] is None
    return str(document["messages"][0]["message"]["text"])


def test_a_round_ends_on_the_code_on_which_it_began(tmp_path: Path) -> None:
    folder = write_waiting(tmp_path / "plugin")
    with served(folder) as plugin, ThreadPoolExecutor() as pool:
        rounds = Rounds(plugin, pool)
        begun: dict[str, Future[dict[str, Any]]] = {}
        for number, text in enumerate(["one", "two", "six"], 1):
            write_version(folder, text)
            if number > 1:
                wait_until(lambda: plugin.generation >= len(begun) + 1)
            begun[text] = rounds.begin(text)
        rounds.go()
        for text, future in begun.items():
            assert text_of(future) == f"{text} {text} {text}"
        numbers = [future.result()["generation"] for future in begun.values()]
        assert numbers == sorted(set(numbers))


def test_a_round_goes_on_while_the_new_code_does_not_load(tmp_path: Path) -> None:
    folder = write_waiting(tmp_path / "plugin")
    with served(folder) as plugin, ThreadPoolExecutor() as pool:
        rounds = Rounds(plugin, pool)
        begun = rounds.begin("a")
        plugin.write("late.py", "1 / 0\n")
        plugin.write("main.py", "1 / 0\n")
        plugin.broken()
        rounds.go()
        assert text_of(begun) == "one one one"


def test_a_response_that_streams_ends_on_the_code_on_which_it_began(tmp_path: Path) -> None:
    folder = write_waiting(tmp_path / "plugin")
    with (
        served(folder) as plugin,
        httpx.Client(trust_env=False, timeout=SECONDS) as client,
        client.stream("GET", plugin.dev.endpoint_url("/")) as answer,
    ):
        pieces = answer.iter_text()
        assert next(pieces) == "one"
        write_version(folder, "two")
        plugin.loaded(2)
        plugin.command.ok("storage", "set", "go", "1")
        assert "".join(pieces) == " one"
        assert plugin.dev.get("/").text == "two two"


def test_a_generation_ends_when_it_is_replaced_and_its_last_round_is_over(tmp_path: Path) -> None:
    folder = write_waiting(tmp_path / "plugin")
    with served(folder) as plugin, ThreadPoolExecutor() as pool:
        rounds = Rounds(plugin, pool)
        begun = rounds.begin("a")
        processes = set(plugin.dev.processes())
        write_version(folder, "two")
        plugin.loaded(2)
        assert all(is_running(pid) for pid in processes)
        before = len(plugin.dev.processes())
        rounds.go()
        text_of(begun)
        wait_until(lambda: len(plugin.dev.processes()) == before - 1)


def test_a_round_outlives_a_change_of_requirements_and_configuration(tmp_path: Path) -> None:
    folder = write_waiting(tmp_path / "plugin")
    with served(folder) as plugin, ThreadPoolExecutor() as pool:
        rounds = Rounds(plugin, pool)
        begun = [rounds.begin("a")]
        (folder / "requirements.txt").write_text("dify_plugin>=0.3\n")
        plugin.loaded(2)
        begun.append(rounds.begin("b"))
        write_yaml(folder / "dify-emulator.yaml", {"rerun": "none", "env": {"A": "b"}})
        plugin.loaded(3)
        begun.append(rounds.begin("c"))
        rounds.go()
        assert [text_of(future) for future in begun] == ["one one one"] * 3


def test_dev_ends_at_once_with_rounds_on_several_generations(tmp_path: Path) -> None:
    folder = write_waiting(tmp_path / "plugin")
    with served(folder) as plugin, ThreadPoolExecutor() as pool:
        rounds = Rounds(plugin, pool)
        for number, me in enumerate("abc", 1):
            rounds.begin(me).add_done_callback(lambda done: done.exception())
            write_version(folder, f"version {me}")
            plugin.loaded(number + 1)
        processes = plugin.dev.processes()
        assert len(processes) >= 4
        assert plugin.dev.stop() == 130
        wait_until(lambda: not any(is_running(pid) for pid in processes))
