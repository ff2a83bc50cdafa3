"""Calls survive the way to another process; what they mean is looked at when they are made."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.dify.calls import EndpointCall, GivenFile, ToolCall, read_call, write_call
from emulator.dify.endpoint_request import IncomingRequest
from emulator.errors import NotThereError, RefusedError, UsageError
from emulator.plugin.config import Config
from emulator.plugin.plugin import Plugin, read_plugin
from tests.support.plugin import parameter, write_plugin

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FILES = st.builds(GivenFile, st.just(Path("a/b c.txt")))
TEXT_OR_NONE = st.none() | st.text()


def over_the_wire(document: dict[str, Any]) -> Any:
    return json.loads(json.dumps(document))


@given(
    st.builds(
        ToolCall,
        tool=st.text(),
        parameters=st.dictionaries(st.text(), JSON | FILES | st.lists(JSON | FILES, max_size=3)),
        user=TEXT_OR_NONE,
        provider=TEXT_OR_NONE,
        conversation=TEXT_OR_NONE,
        credentials=st.dictionaries(st.text(), JSON),
    )
)
def test_a_call_of_a_tool_survives_as_json(call: ToolCall) -> None:
    assert read_call(over_the_wire(write_call(call))) == call


@given(
    st.builds(
        IncomingRequest,
        method=st.sampled_from(["GET", "POST"]),
        path=st.binary(),
        query=st.none() | st.binary(),
        headers=st.lists(st.tuples(st.binary(), st.binary()), max_size=3),
        body=st.binary(),
        host=st.text(),
        closes=st.booleans(),
    ),
    st.dictionaries(st.text(), JSON),
)
def test_a_request_survives_as_json_byte_for_byte(
    request: IncomingRequest, settings: dict[str, Any]
) -> None:
    call = EndpointCall(request, settings)
    assert read_call(over_the_wire(write_call(call))) == call


@pytest.mark.parametrize("value", [{"file": "x"}, {"list": [1]}, {"bytes": "eA=="}, {"value": 1}])
def test_a_value_that_looks_like_a_file_is_still_a_value(value: Any) -> None:
    call = ToolCall("t", {"p": value})
    assert read_call(over_the_wire(write_call(call))) == call


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    return read_plugin(
        write_plugin(
            tmp_path,
            tools={"look": "pass"},
            parameters={"look": [parameter("photo", "file"), parameter("n", "number")]},
            endpoints={"GET /x": "pass"},
            settings=[{"name": "title", "type": "text-input", "required": True, "label": {}}],
        )
    )


def offer(path: Path) -> dict[str, Any]:
    return {"url": f"http://here/{path}"}


def prepared(call: ToolCall | EndpointCall, plugin: Plugin, config: Config | None = None) -> Any:
    return call.prepare(plugin, config or Config(), offer).data


def test_files_are_offered_when_the_call_is_made(plugin: Plugin, tmp_path: Path) -> None:
    photo = tmp_path / "a.png"
    photo.write_bytes(b"png")
    call = ToolCall("look", {"photo": GivenFile(photo)})
    assert prepared(call, plugin)["tool_parameters"]["photo"]["url"] == f"http://here/{photo}"


def test_a_file_that_cannot_be_read_is_refused(plugin: Plugin, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a\.png: No such file"):
        prepared(ToolCall("look", {"photo": GivenFile(tmp_path / "a.png")}), plugin)


def test_what_the_call_says_beats_the_configuration(plugin: Plugin) -> None:
    config = Config(user="ada", credentials={"a": "1", "b": "2"}, settings={"title": "configured"})
    data = prepared(ToolCall("look", {}, credentials={"b": "3"}), plugin, config)
    assert (data["user_id"], data["credentials"]) == ("ada", {"a": "1", "b": "3"})
    assert prepared(ToolCall("look", {}, user="bob"), plugin, config)["user_id"] == "bob"
    call = EndpointCall(IncomingRequest("GET", b"/x"), {"title": "given"})
    assert prepared(call, plugin, config)["settings"] == {"title": "given"}


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (ToolCall("lok", {}), NotThereError, "no tool 'lok'"),
        (ToolCall("look", {"m": 1}), UsageError, "no parameter 'm'"),
        (ToolCall("look", {"n": "many"}), UsageError, "n: "),
        (EndpointCall(IncomingRequest("GET", b"/x")), UsageError, "missing required setting"),
        (EndpointCall(IncomingRequest("GET", b"/x"), {"a": 1}), UsageError, "no setting 'a'"),
    ],
)
def test_a_call_that_does_not_fit_the_plugin_is_refused(
    plugin: Plugin, call: ToolCall | EndpointCall, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        prepared(call, plugin)


def test_endpoints_have_to_be_granted(tmp_path: Path) -> None:
    resource = {"resource": {"memory": 1048576, "permission": {}}}
    folder = write_plugin(tmp_path, endpoints={"GET /x": "pass"}, manifest=resource)
    with pytest.raises(RefusedError, match="enable endpoint access"):
        prepared(EndpointCall(IncomingRequest("GET", b"/x")), read_plugin(folder))
