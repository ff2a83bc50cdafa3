"""The HTTP response that a caller gets, out of an endpoint's messages.

D io_tunnel/endpoint_service.go and service/endpoint.go:176-227: messages bring ``status``,
``headers`` and, in hex, pieces of the body (``result``). Nothing is sent before the first piece;
an error before it is a 500 of the daemon's, an error after it is text at the end of the body.
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from emulator.dify.endpoint_request import canonical
from emulator.dify.go_text import json_kind, unhex
from emulator.dify.tool_messages import BadResult

_LARGEST_STATUS = 65_535  # the daemon's field is a uint16
_CHUNK = "EndpointResponseChunk"


@dataclass(slots=True)
class EndpointResponse:
    """The response as far as it has come."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    head_sent: bool = False
    """Whether the caller has status and headers."""
    empty: bool = True
    """Whether the plugin has sent nothing at all."""
    cut: str = ""
    """Why the daemon stopped sending before the plugin did."""

    def add(self, chunk: Any) -> bytes:
        """Take one message; gives the piece of the body in it. Raises BadResult."""
        if chunk is None:
            return b""
        status, headers, result = _checked(chunk)
        if not self.head_sent:
            self._read_head(status, headers)
        if self.cut:
            return b""
        if result is None:
            if self.head_sent:
                self.cut = "a message in the middle of the body has no result"
            return b""
        try:
            piece = unhex(result)
        except ValueError as error:
            if not self.head_sent:
                raise BadResult("PluginDaemonInternalServerError", str(error), plain=True) from None
            self.cut = f"a piece of it is not hex: {error}"
            return b""
        self.head_sent, self.empty = True, False
        self.body += piece
        return piece

    def finish(self) -> None:
        """The plugin has ended. A response without a piece is sent now, with an empty body."""
        self.head_sent = True

    def fail(self, message: str, said: dict[str, Any] | None, *, whole: bool = False) -> bytes:
        """The session has failed; gives what the caller gets of it.

        ``said`` is the error as it went over the wire; without it the daemon made the error, and
        ``message`` is all of it. ``whole`` adds the daemon's whole answer to a body that has begun.
        """
        text = go_json(said) if said else message
        inner = {"message": text, "error_type": "PluginDaemonInternalServerError", "args": None}
        answer = go_json({"code": -500, "message": go_json(inner), "data": None})
        if self.head_sent:
            piece = (answer if whole else text).encode()
            self.body += piece
            return piece
        self.status, self.head_sent = 500, True
        self.headers = {"Content-Type": "application/json; charset=utf-8"}
        self.body[:] = answer.encode()
        return answer.encode()

    def documents(self) -> list[dict[str, Any]]:
        """The response as a round's one message."""
        try:
            body: Any = self.body.decode("utf-8")
        except UnicodeDecodeError:
            body = {"base64": base64.b64encode(self.body).decode()}
        message = {"status": self.status, "headers": self.headers, "body": body}
        return [{"type": "response", "message": message, "meta": None}]

    def _read_head(self, status: int | None, headers: dict[str, str | None]) -> None:
        if status is not None:
            self.status, self.empty = status or 200, False
        known = {canonical(name.encode()) for name in self.headers}
        for name, value in headers.items():
            if canonical(name.encode()) not in known:
                known.add(canonical(name.encode()))
                self.headers[name] = value or ""


def _checked(chunk: Any) -> tuple[int | None, dict[str, str | None], str | None]:
    """Status, headers and result of a message. Raises BadResult with encoding/json's words."""
    if not isinstance(chunk, dict):
        raise _unreadable(f"{json_kind(chunk)} into Go value of type endpoint_entities.{_CHUNK}")
    status, headers, result = (chunk.get(name) for name in ("status", "headers", "result"))
    if status is not None and (type(status) is not int or not 0 <= status <= _LARGEST_STATUS):
        shown = (
            f"number {json.dumps(status)}" if json_kind(status) == "number" else json_kind(status)
        )
        raise _unreadable(f"{shown} into Go struct field {_CHUNK}.status of type uint16")
    if headers is not None and not isinstance(headers, dict):
        kind = json_kind(headers)
        raise _unreadable(f"{kind} into Go struct field {_CHUNK}.headers of type map[string]string")
    for value in (headers or {}).values():
        if value is not None and not isinstance(value, str):
            kind = json_kind(value)
            raise _unreadable(f"{kind} into Go struct field {_CHUNK}.headers of type string")
    if result is not None and not isinstance(result, str):
        kind = json_kind(result)
        raise _unreadable(f"{kind} into Go struct field {_CHUNK}.result of type string")
    return status, headers or {}, result


def _unreadable(what: str) -> BadResult:
    text = f"unmarshal json failed: json: cannot unmarshal {what}"
    return BadResult("unmarshal_error", text)


def go_json(value: Any) -> str:
    """JSON as encoding/json writes it: compact, with <, > and & escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
