"""Responses while they are made: pieces at once, clients that go away, clients that are slow."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from emulator.workspace.rounds import RoundBook
from emulator.workspace.state_file import StateFile
from tests.server.connection import Connection
from tests.support.dev import Dev, Event
from tests.support.plugin import write_plugin
from tests.support.stored import stored
from tests.support.waiting import wait_until

ENDPOINTS = {
    "PUT /values/<path:key>": "storage.set(values['key'], r.get_data()); return Response('stored')",
    # Each piece is made when the test has stored the word for it.
    "GET /answered/<name>": """
        import time
        def pieces():
            yield "0;"
            for number in range(1, 4):
                while not storage.exist(f"{values['name']}/{number}"):
                    time.sleep(0.005)
                yield f"{number};"
        return Response(pieces())
        """,
    "GET /left/<name>": """
        import pathlib, time
        folder = pathlib.Path(r.args["folder"])
        def pieces():
            if values["name"] == "late":
                yield "begun;"
            (folder / "reached").touch()
            while not (folder / "go").exists():
                time.sleep(0.005)
            try:
                storage.set(values["name"], b"late")
            except Exception as error:
                (folder / "error").write_text(str(error))
            yield "ended"
        return Response(pieces())
        """,
    "GET /much": """
        def pieces():
            for number in range(400):
                yield b"%07d\\n" % number * 8192
        return Response(pieces())
        """,
    "GET /endless": """
        import pathlib, time
        stop = pathlib.Path(r.args["folder"]) / "stop"
        def pieces():
            while not stop.exists():
                yield b"x" * 1000
                time.sleep(0.001)
        return Response(pieces())
        """,
    "PUT /met/<name>": """
        import time
        met = globals().setdefault("met", set())
        met.add(values["name"])
        while len(met) < 20:
            time.sleep(0.005)
        storage.set(f"met/{values['name']}", r.get_data())
        storage.set("met/all", r.get_data())
        return Response(storage.get(f"met/{values['name']}"))
        """,
}


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("streaming")
    write_plugin(folder / "plugin", endpoints=ENDPOINTS)
    with Dev(folder / "plugin", state=folder / "state") as dev:
        yield dev


def round_of(dev: Dev, target: str) -> Event:
    return dev.wait_for("round", lambda event: event["target"] == target)


def kept(dev: Dev, number: int) -> dict[str, Any]:
    """A round as it stands in the state file by now."""
    with contextlib.closing(StateFile(dev.state / "state.db")) as file:
        return RoundBook(file).show(number)


def test_the_client_has_a_piece_before_the_plugin_makes_the_next(dev: Dev) -> None:
    with Connection(dev) as connection:
        connection.ask("GET", dev.endpoint_path("/answered/one"))
        assert connection.head().status == 200
        for number in range(3):
            assert connection.chunk() == b"%d;" % number
            dev.request("PUT", f"/values/one/{number + 1}", content=b"x")
        assert [connection.chunk(), connection.chunk()] == [b"3;", b""]


def test_many_streams_run_side_by_side(dev: Dev) -> None:
    connections = [Connection(dev) for _ in range(12)]
    for connection in connections:
        connection.ask("GET", dev.endpoint_path("/answered/many"))
    for number in range(4):
        for connection in connections:
            if number == 0:
                connection.head()
            assert connection.chunk() == b"%d;" % number
        dev.request("PUT", f"/values/many/{number + 1}", content=b"x")
    for connection in connections:
        assert connection.chunk() == b""
        connection.close()


@pytest.mark.parametrize("name", ["early", "late"])
def test_a_client_that_goes_away_ends_the_session(dev: Dev, tmp_path: Path, name: str) -> None:
    with Connection(dev) as connection:
        connection.ask("GET", dev.endpoint_path(f"/left/{name}?folder={tmp_path}"))
        if name == "late":
            connection.head()
            assert connection.chunk() == b"begun;"
        wait_until((tmp_path / "reached").exists)
    ended = round_of(dev, f"GET /left/{name}")
    assert (ended["status"], ended["error"]["type"]) == ("error", "ClientDisconnected")
    (tmp_path / "go").touch()
    late = dev.wait_for("late_call", lambda event: event["round"] == ended["round"])
    assert late["note"]["code"] == "DE103"
    wait_until((tmp_path / "error").exists)
    wait_until(lambda: "not executed" in (tmp_path / "error").read_text())
    assert name not in stored(dev.state)
    assert [each["code"] for each in kept(dev, ended["round"])["notes"]] == ["DE103"]


def test_a_slow_client_gets_every_piece_and_dify_is_told_of(dev: Dev) -> None:
    with Connection(dev, receive_buffer=4096) as connection:
        connection.ask("GET", dev.endpoint_path("/much"))
        ended = round_of(dev, "GET /much")  # nothing has been read by then
        assert connection.head().status == 200
        body = b"".join(connection.chunks())
    assert body == b"".join(b"%07d\n" % number * 8192 for number in range(400))
    assert (ended["status"], [note["code"] for note in ended["notes"]]) == ("ok", ["DE406"])


def test_an_endless_response_ends_for_a_client_that_goes_away(dev: Dev, tmp_path: Path) -> None:
    with Connection(dev) as connection:
        connection.ask("GET", dev.endpoint_path(f"/endless?folder={tmp_path}"))
        connection.head()
        for _ in range(100):
            assert connection.chunk()
    ended = round_of(dev, "GET /endless")
    (tmp_path / "stop").touch()
    assert (ended["error"]["type"], ended["notes"]) == ("ClientDisconnected", [])


def test_requests_at_once_run_at_once_and_each_stores_its_own(dev: Dev) -> None:
    def put(number: int) -> str:
        return dev.request("PUT", f"/met/{number}", content=f"{number}").text

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(put, range(20)))
    assert answers == [str(number) for number in range(20)]
    values = stored(dev.state)
    assert [values[f"met/{number}"] for number in range(20)] == [b"%d" % n for n in range(20)]
    assert values["met/all"].decode() in answers


def test_rounds_tell_what_they_stored(dev: Dev) -> None:
    assert dev.request("PUT", "/values/told", content=b"12345").text == "stored"
    (operation,) = round_of(dev, "PUT /values/told")["operations"]
    assert (operation["op"], operation["key"], operation["size_after"]) == ("set", "told", 5)


def test_requests_in_the_middle_end_with_dev(tmp_path: Path) -> None:
    plugin = write_plugin(tmp_path / "plugin", endpoints=ENDPOINTS)
    with Dev(plugin, state=tmp_path / "state") as dev, Connection(dev) as connection:
        connection.ask("GET", dev.endpoint_path(f"/left/late?folder={tmp_path}"))
        assert (connection.head().status, connection.chunk()) == (200, b"begun;")
        wait_until((tmp_path / "reached").exists)
        assert dev.stop() == 130
        connection.rest()  # it ends, with more or less of an error
        ended = kept(dev, 1)
        assert (ended["status"], ended["error"]["type"]) == ("crashed", "PluginCrashed")
        assert dev.stderr == []
