"""Messages in, bytes out, as if they had been through Go."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.wire.writer import (
    as_go_sends,
    encode_answer_end,
    encode_refusal,
    encode_request,
    encode_response,
)


def lines(data: bytes) -> list[dict[str, Any]]:
    assert data.endswith(b"\n")
    return [json.loads(line) for line in data.splitlines()]


def test_a_request_has_all_keys_whether_set_or_not() -> None:
    (line,) = lines(encode_request("s", {"type": "tool"}, app_id="a"))
    assert line == {
        "session_id": "s",
        "conversation_id": None,
        "message_id": None,
        "app_id": "a",
        "endpoint_id": None,
        "context": None,
        "event": "request",
        "data": {"type": "tool"},
    }


def test_an_answer_is_a_response_and_an_end() -> None:
    response, end = lines(encode_response("s", "r", {"data": "ok"}) + encode_answer_end("s", "r"))
    assert (response["event"], response["session_id"]) == ("backwards_response", "s")
    assert response["data"] == {
        "backwards_request_id": "r",
        "event": "response",
        "message": "struct",
        "data": {"data": "ok"},
    }
    assert (end["data"]["event"], end["data"]["data"]) == ("end", None)


def test_a_refusal_is_an_error_and_an_end() -> None:
    error, end = lines(encode_refusal("s", "r", "no"))
    assert (error["data"]["event"], error["data"]["message"]) == ("error", "no")
    assert end["data"]["event"] == "end"


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (5.0, "5"),
        (-0.0, "0"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (2**53 + 1, "9007199254740992"),
        (12345678901234567890, "12345678901234567000"),
        (0.1, "0.1"),
        (True, "true"),
        (float("inf"), "null"),
        ("\ud800x", '"\\ufffdx"'),
        ({"b": 1, "a": 2}, '{"a": 2, "b": 1}'),
    ],
)
def test_a_value_arrives_as_go_sends_it(value: Any, sent: str) -> None:
    assert json.dumps(as_go_sends(value)) == sent


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(json_values)
def test_what_has_been_through_go_once_does_not_change_again(value: Any) -> None:
    once = as_go_sends(value)
    assert json.dumps(as_go_sends(once)) == json.dumps(once)


@given(st.dictionaries(st.text(), json_values, max_size=4))
def test_whatever_is_sent_is_one_line_of_json(data: dict[str, Any]) -> None:
    encoded = encode_request("s", data)
    assert encoded.count(b"\n") == 1
    assert json.loads(encoded)["data"].keys() == data.keys()
