"""``POST /-/api/rounds``: how ``run`` and ``request`` use the generations of a running dev."""

import json
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.dify.calls import Call, EndpointCall, GivenFile, ToolCall, write_call
from emulator.dify.endpoint_request import IncomingRequest
from tests.server.connection import Connection
from tests.support.dev import Dev
from tests.support.plugin import parameter, write_plugin
from tests.support.stored import stored

TOOLS = {
    "remember": """
        storage.set("value", tool_parameters["value"].encode())
        yield self.create_text_message("one ☃")
        yield self.create_text_message("two")
        """,
    "waits": """
        import time
        while not storage.exist(tool_parameters["value"]):
            time.sleep(0.005)
        yield self.create_text_message("done")
        """,
    "meet": """
        import time
        met = globals().setdefault("met", set())
        met.add(tool_parameters["value"])
        while len(met) < 20:
            time.sleep(0.005)
        yield self.create_text_message(tool_parameters["value"])
        """,
    "read": "yield self.create_text_message(tool_parameters['file'].blob.decode())",
}
ENDPOINTS = {"POST /echo": "return Response(r.get_data(), status=201, headers={'X-A': '1'})"}

Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    folder = tmp_path_factory.mktemp("api")
    value = [parameter("value")]
    parameters = {"remember": value, "waits": value, "meet": value}
    parameters["read"] = [parameter("file", "file")]
    write_plugin(folder / "plugin", tools=TOOLS, parameters=parameters, endpoints=ENDPOINTS)
    with Dev(folder / "plugin", state=folder / "state") as dev:
        yield dev


def asked(dev: Dev, call: Call, **more: Any) -> bytes:
    folder = dev.ready["plugins"][0]["path"]
    given = {"folder": folder, "workspace": "default", "timeout": 60, "call": write_call(call)}
    return json.dumps({**given, **more}).encode()


def post(dev: Dev, body: bytes) -> Lines:
    """The lines of the answer."""
    url = f"{dev.url}/-/api/rounds"
    answer = httpx.post(url, content=body, timeout=60, trust_env=False)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.content.splitlines()]


def test_a_tool_is_followed_to_its_round(dev: Dev) -> None:
    lines = post(dev, asked(dev, ToolCall("remember", {"value": "blue"})))
    texts = [line["tool_message"]["message"]["text"] for line in lines[:-1]]
    assert texts == ["one ☃", "two"]
    last = lines[-1]
    assert (last["round"]["status"], last["stale"]) == ("ok", None)
    assert (last["round"]["generation"], last["round"]["user_id"]) == (1, "local-user")
    assert stored(dev.state)["value"] == b"blue"
    told = dev.wait_for("round", lambda event: event["round"] == last["round"]["round"])
    assert told["why"] == "command"


def test_an_endpoint_is_followed_to_its_round(dev: Dev) -> None:
    call = EndpointCall(IncomingRequest("POST", b"/echo", body=bytes(range(256))))
    *pieces, last = post(dev, asked(dev, call))
    head = pieces[0]["response"]
    assert (head["status"], head["headers"]["X-A"]) == (201, "1")
    assert b"".join(b64decode(each["piece"]) for each in pieces) == bytes(range(256))
    assert last["round"]["target"] == "POST /echo"


def test_a_workspace_of_the_callers_is_used(dev: Dev) -> None:
    post(dev, asked(dev, ToolCall("remember", {"value": "green"}), workspace="other"))
    assert stored(dev.state, workspace="other") == {"value": b"green"}


def test_a_file_is_served_to_the_tool(dev: Dev, tmp_path: Path) -> None:
    (tmp_path / "a b.txt").write_text("content")
    (message, last) = post(
        dev, asked(dev, ToolCall("read", {"file": GivenFile(tmp_path / "a b.txt")}))
    )
    assert (message["tool_message"]["message"]["text"], last["round"]["status"]) == (
        "content",
        "ok",
    )


def test_a_round_has_the_time_that_it_is_given(dev: Dev) -> None:
    (last,) = post(dev, asked(dev, ToolCall("waits", {"value": "never"}), timeout=0.2))
    assert (last["round"]["status"], last["round"]["error"]["message"]) == (
        "timeout",
        "killed by timeout",
    )
    first, *others = [note["code"] for note in last["round"]["notes"]]
    assert first == "DE107"
    assert set(others) <= {"DE103"}  # the handler goes on asking, and may be heard in time


def test_who_goes_away_ends_the_session(dev: Dev) -> None:
    body = asked(dev, ToolCall("waits", {"value": "nobody"}), workspace="left")
    with Connection(dev) as connection:
        connection.ask("POST", "/-/api/rounds", body=body)
        assert connection.head().status == 200
    told = dev.wait_for("round", lambda event: event["workspace"] == "left")
    assert (told["status"], told["error"]["type"]) == ("error", "ClientDisconnected")


def test_rounds_run_at_once(dev: Dev) -> None:
    def meet(number: int) -> Lines:
        return post(dev, asked(dev, ToolCall("meet", {"value": str(number)})))

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(meet, range(20)))
    said = [lines[0]["tool_message"]["message"]["text"] for lines in answers]
    assert said == [str(number) for number in range(20)]


@pytest.mark.parametrize(
    ("call", "more", "kind", "message"),
    [
        (ToolCall("remember", {}), {"folder": "/nowhere"}, "NotThereError", "not served here"),
        (ToolCall("unknown", {}), {}, "NotThereError", "unknown"),
        (ToolCall("remember", {"colour": 1}), {}, "UsageError", "colour"),
    ],
)
def test_a_call_that_cannot_be_made_is_told(
    dev: Dev, call: Call, more: dict[str, Any], kind: str, message: str
) -> None:
    (last,) = post(dev, asked(dev, call, **more))
    assert last["error"]["kind"] == kind
    assert message in last["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"\xff", b"[]", b"{}", b'{"folder": 1, "call": {"kind": "tool"}}'],
)
def test_what_is_no_call_is_told(dev: Dev, body: bytes) -> None:
    (last,) = post(dev, body)
    assert last["error"]["kind"] == "UsageError"
    assert dev.stderr == []


def test_a_part_of_a_call_is_none(dev: Dev) -> None:
    with Connection(dev) as connection:
        connection.ask("POST", "/-/api/rounds", "Content-Length: 1000")
        connection.send(b'{"folder"')
    assert post(dev, asked(dev, ToolCall("remember", {"value": "blue"})))[-1]["round"]
