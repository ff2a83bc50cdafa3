"""Messages in, bytes for a plugin's stdin out.

The daemon is written in Go, and everything that it passes on has been through a Go map: whole
floats arrive as integers, integers beyond 2**53 lose their last digits, keys are sorted. A plugin
sees the difference (``5.0`` is ``int`` 5 in Python), so it is made here too.
"""

import math
from decimal import Decimal
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder()

# Every line has all keys (session_manager/session.go); answers have nothing to say in these.
_NO_IDS = {
    "conversation_id": None,
    "message_id": None,
    "app_id": None,
    "endpoint_id": None,
    "context": None,
}

_EXACT = 2**53  # integers up to here survive a float64


def encode_request(
    session_id: str,
    data: dict[str, Any],
    *,
    conversation_id: str | None = None,
    message_id: str | None = None,
    app_id: str | None = None,
    endpoint_id: str | None = None,
    context: dict[str, Any] | None = None,
) -> bytes:
    """The line that starts a session (session_manager/session.go, Message). All keys are there."""
    return _encode(
        {
            "session_id": session_id,
            "conversation_id": conversation_id,
            "message_id": message_id,
            "app_id": app_id,
            "endpoint_id": endpoint_id,
            "context": as_go_sends(context),
            "event": "request",
            "data": as_go_sends(data),
        }
    )


def encode_response(session_id: str, request_id: str, data: dict[str, Any]) -> bytes:
    """The answer to something that the plugin asked of Dify; the end follows it.

    Written apart, the plugin works with the answer while it still reads the end.
    """
    return _answer(session_id, request_id, "response", "struct", data)


def encode_refusal(session_id: str, request_id: str, why: str) -> bytes:
    """An error as the answer. The SDK raises a bare ``Exception(why)``."""
    return _answer(session_id, request_id, "error", why, None) + encode_answer_end(
        session_id, request_id
    )


def encode_answer_end(session_id: str, request_id: str) -> bytes:
    """The daemon ends every answer so, after data and errors alike (task.go:46-66)."""
    return _answer(session_id, request_id, "end", "", None)


def _answer(
    session_id: str, request_id: str, event: str, message: str, data: dict[str, Any] | None
) -> bytes:
    answer = {
        "backwards_request_id": request_id,
        "event": event,
        "message": message,
        "data": data,
    }
    return _encode(
        {"session_id": session_id, **_NO_IDS, "event": "backwards_response", "data": answer}
    )


def as_go_sends(value: Any) -> Any:
    """The value that comes out when Go decodes and encodes this one as ``map[string]any``."""
    if isinstance(value, dict):
        return {_valid_text(key): as_go_sends(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [as_go_sends(item) for item in value]
    if isinstance(value, str):
        return _valid_text(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if -_EXACT <= value <= _EXACT else _through_float64(float(value))
    if isinstance(value, float):
        return _through_float64(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _through_float64(value: float) -> int | float | None:
    if not math.isfinite(value):
        return None  # what is left of 1e400 after Go's decoder
    # encoding/json writes floats below 1e21 without an exponent, with the shortest digits that
    # give the same float: 12345678901234567168.0 is written 12345678901234567000.
    if value.is_integer() and abs(value) < 1e21:
        return int(Decimal(repr(value)))
    return value


def _valid_text(text: str) -> str:
    # Go replaces what is not valid UTF-8; in Python that is a lone surrogate.
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _encode(message: dict[str, Any]) -> bytes:
    return _encoder.encode(message) + b"\n"
