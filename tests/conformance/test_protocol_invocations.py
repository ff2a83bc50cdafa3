"""What a plugin asks of Dify in the middle of a session, and what comes back on its stdin."""

import json
from typing import Any

from tests.conformance.case import Case, each, rows
from tests.conformance.lines import END, ERROR, invoke, session, text
from tests.conformance.system import Failure, Hear, Heard, SessionSystem, Step

ANSWER = "D core/session_manager/session.go:285-324, backwards_invocation/task.go:46-66"
LATE = "D core/io_tunnel/generic.go:85-92, 131-133, 191, local_runtime/instance.go:243-251"
INVOKE = "D core/io_tunnel/generic.go:108-130, backwards_invocation/task.go:19-45"

SET = invoke("storage", {"opt": "set", "key": "k", "value": "6869"})
BOTH = Hear(2)
"""The answer's two lines: what came of it, and its end."""


def _answers(heard: Heard) -> list[dict[str, Any]]:
    """The lines that the plugin got, without the session's id, which all of them carry."""
    lines = [json.loads(message["message"]["text"]) for message in heard.messages]
    assert len({line.pop("session_id") for line in lines}) == 1
    return lines


def _answer(event: str, message: str, data: Any = None, request_id: str = "r") -> dict[str, Any]:
    inner = {
        "backwards_request_id": request_id,
        "event": event,
        "message": message,
        "data": data,
    }
    ids = dict.fromkeys(("conversation_id", "message_id", "app_id", "endpoint_id", "context"))
    return {**ids, "event": "backwards_response", "data": inner}


ANSWERED = {
    "a set": (SET, _answer("response", "struct", {"data": "ok"})),
    "a get that finds nothing": (
        invoke("storage", {"opt": "get", "key": "k"}),
        _answer(
            "error",
            "load data failed, please check if the key is correct or you have not set it",
        ),
    ),
    "an exist": (
        invoke("storage", {"opt": "exist", "key": "k"}),
        _answer("response", "struct", {"data": False, "exist_num": 0}),
    ),
    "an unknown kind": (
        invoke("zzz", {}),
        _answer("error", "unsupported invoke type: zzz"),
    ),
    "a kind that is not granted": (
        invoke("tool", {}),
        _answer("error", "permission denied, you need to enable tool access in plugin manifest"),
    ),
    "its own id": (
        invoke("zzz", {}, "another"),
        _answer("error", "unsupported invoke type: zzz", request_id="another"),
    ),
}


class Asked(Case):
    """A question, and the line that answers it."""

    __slots__ = ("answer", "question")

    def __init__(self, says: str, source: str, question: bytes, answer: dict[str, Any]) -> None:
        super().__init__(says, source)
        object.__setattr__(self, "question", question)
        object.__setattr__(self, "answer", answer)
