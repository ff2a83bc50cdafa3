"""Lines as a plugin writes them to its stdout."""

import json
from typing import Any

from tests.conformance.system import SESSION


def session(data: str) -> bytes:
    """A session message with this ``data``, in one line and a blank one, as the SDK writes it."""
    return f'{{"event":"session","session_id":"{SESSION}","data":{data}}}\n\n'.encode()


def stream(data: Any) -> bytes:
    return session(json.dumps({"type": "stream", "data": data}, separators=(",", ":")))


def text(words: str) -> bytes:
    """A tool's text message."""
    return stream({"type": "text", "message": {"text": words}, "meta": {}})


def invoke(kind: str, request: Any, request_id: str = "r") -> bytes:
    """A question to Dify."""
    data = {"type": kind, "backwards_request_id": request_id, "request": request}
    return session(json.dumps({"type": "invoke", "data": data}))


def alone(line: bytes) -> bytes:
    """The line without its end."""
    return line.rstrip(b"\n")


END = session('{"type":"end","data":{}}')
ERROR = session('{"type":"error","data":{"error_type":"E","message":"m","args":{}}}')
