"""What a plugin asks of Dify in the middle of a session, and what comes back on its stdin."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.conformance.case import Case, each, rows
from tests.conformance.lines import END, ERROR, invoke, session, text
from tests.conformance.storage_steps import NOT_FOUND
from tests.conformance.system import Failure, Hear, Heard, SessionSystem, Step

ANSWER = "D core/session_manager/session.go:285-324, backwards_invocation/task.go:46-66"
INVOKE = "D core/io_tunnel/generic.go:108-130, backwards_invocation/task.go:19-45"
LATE = "D core/io_tunnel/generic.go:85-92, 131-133, 191, local_runtime/instance.go:243-251"

BOTH = Hear(2)
"""The two lines of an answer: what came of it, and its end."""


def _set(key: str, request_id: str = "r") -> bytes:
    return invoke("storage", {"opt": "set", "key": key, "value": "6869"}, request_id)


@dataclass(frozen=True, slots=True)
class Asked(Case):
    """A question, and the line that answers it."""

    question: bytes
    event: str
    message: str
    data: Any = None


ASKED = {
    "a set": (_set("k"), "response", "struct", {"data": "ok"}),
    "a get that finds nothing": (
        invoke("storage", {"opt": "get", "key": "k"}),
        "error",
        NOT_FOUND,
    ),
    "an exist": (
        invoke("storage", {"opt": "exist", "key": "k"}),
        "response",
        "struct",
        {"data": False, "exist_num": 0},
    ),
    "an unknown kind": (invoke("zzz", {}), "error", "unsupported invoke type: zzz"),
    "a kind that is not granted": (
        invoke("tool", {}),
        "error",
        "permission denied, you need to enable tool access in plugin manifest",
    ),
    "a request that cannot be read": (
        invoke("storage", {"opt": "get"}),
        "error",
        "unmarshal backwards invoke request failed: error validating struct: Key: "
        "'InvokeStorageRequest.Key' Error:Field validation for 'Key' failed on the 'required' tag",
    ),
}


def _lines(heard: Heard) -> list[dict[str, Any]]:
    """What the plugin heard, without the session's id, which all lines carry."""
    lines = [json.loads(message["message"]["text"]) for message in heard.messages]
    assert len({line.pop("session_id") for line in lines}) == 1
    return lines


def _line(event: str, message: str, data: Any, request_id: str = "r") -> dict[str, Any]:
    inner = {"event": event, "message": message, "data": data}
    ids = dict.fromkeys(("conversation_id", "message_id", "app_id", "endpoint_id", "context"))
    return {
        **ids,
        "event": "backwards_response",
        "data": {"backwards_request_id": request_id, **inner},
    }


@each(rows(Asked, ANSWER, ASKED))
def test_an_answer_has_two_lines_with_all_fields(case: Asked, sessions: SessionSystem) -> None:
    heard = sessions.tool([case.question, BOTH, END])
    assert heard.outcome == "ended"
    assert _lines(heard) == [_line(case.event, case.message, case.data), _line("end", "", None)]


def test_answers_name_their_question(sessions: SessionSystem) -> None:
    """D core/io_tunnel/backwards_invocation/task.go:34-60: tasks run side by side."""
    heard = sessions.tool([_set("a", "one") + _set("b", "two"), Hear(4), END])
    told = [(line["data"]["backwards_request_id"], line["data"]["event"]) for line in _lines(heard)]
    for request_id in ("one", "two"):
        assert [event for id, event in told if id == request_id] == ["response", "end"]
    assert heard.stored == {"a": b"hi", "b": b"hi"}


@dataclass(frozen=True, slots=True)
class Story(Case):
    """What is written, and what is stored, delivered and told afterwards."""

    script: Sequence[Step]
    stored: Mapping[str, bytes] = field(default_factory=dict)
    error: Failure | None = None
    note: str | None = None


def _check(case: Story, sessions: SessionSystem) -> None:
    heard = sessions.tool(case.script)
    assert heard.stored == case.stored
    assert heard.error == case.error
    assert heard.outcome == ("failed" if case.error else "ended")
    if case.note and heard.notes is not None:
        assert case.note in heard.notes


def _broken(why: str) -> Failure:
    return Failure("invoke_dify_error", f"invoke dify failed: {why}")


BAD_ENVELOPE = session('{"type":"invoke","data":{}}')
MISSING_TYPE = _broken("invoke request missing type: map[]")

STORIES = {
    "a call is executed before it is answered": (
        [_set("k"), BOTH, END],
        {"k": b"hi"},
    ),
    "a call before the end is executed, even if nobody waits": ([_set("k"), END], {"k": b"hi"}),
    "a call before an error is executed": (
        [_set("k"), BOTH, ERROR, END],
        {"k": b"hi"},
        Failure("E", "m"),
    ),
    "a session goes on after a refusal": (
        [invoke("zzz", {}), BOTH, _set("k"), BOTH, END],
        {"k": b"hi"},
    ),
    "a bad envelope ends the session": ([BAD_ENVELOPE, text("late"), END], {}, MISSING_TYPE),
    "an invocation without data is empty": (
        [session('{"type":"invoke","data":null}'), END],
        {},
        _broken("invoke request is empty"),
    ),
    "an invocation without a request": (
        [session('{"type":"invoke","data":{"type":"storage","backwards_request_id":"r"}}'), END],
        {},
        _broken("invoke request missing request: map[backwards_request_id:r type:storage]"),
    ),
}


@each(rows(Story, INVOKE, STORIES))
def test_invocations(case: Story, sessions: SessionSystem) -> None:
    _check(case, sessions)


TOO_LATE: dict[str, tuple[Any, ...]] = {
    "a call after the end is not executed": (
        [text("a"), END, _set("k")],
        {},
        None,
        "DE103",
    ),
    "nor is a second one": ([END, _set("j"), _set("k")], {}, None, "DE103"),
    "a call after an error is not executed": (
        [ERROR, _set("k"), END],
        {},
        Failure("E", "m"),
        "DE103",
    ),
    "a call after a bad envelope is not executed": (
        [BAD_ENVELOPE, _set("k"), END],
        {},
        MISSING_TYPE,
        "DE103",
    ),
    "a call after an unknown type is not executed": (
        [session('{"type":"zzz","data":{}}'), _set("k"), END],
        {},
        Failure("unknown_stream_message_type", "unknown stream message type: zzz"),
        "DE103",
    ),
    "a call after a piece that cannot be read is not executed": (
        [session('{"type":"stream","data":[]}'), _set("k"), END],
        {},
        Failure(
            "unmarshal_error",
            "unmarshal json failed: json: cannot unmarshal array into Go value of type"
            " tool_entities.ToolResponseChunk",
        ),
        "DE103",
    ),
}


@each(rows(Story, LATE, TOO_LATE))
def test_what_comes_too_late(case: Story, sessions: SessionSystem) -> None:
    _check(case, sessions)
