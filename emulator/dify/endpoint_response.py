"""The HTTP response that a caller gets, out of an endpoint's messages.

D io_tunnel/endpoint_service.go and service/endpoint.go:176-227: messages bring ``status``,
``headers`` and, in hex, pieces of the body (``result``). Nothing is sent before the first piece;
an error before it is a 500 of the daemon's, an error after it is text at the end of the body.
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from emulator.dify.tool_messages import BadResult

_LARGEST_STATUS = 65_535  # the daemon's field is a uint16


@dataclass(slots=True)
class EndpointResponse:
    """The response as far as it has come."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    head_sent: bool = False
    """Whether the caller has status and headers."""
    cut: str = ""
    """Why the daemon stopped sending before the plugin did."""

    def add(self, chunk: Any) -> bytes:
        """Take one message; gives the piece of the body in it. Raises BadResult."""
        if not isinstance(chunk, dict):
            raise _unreadable(f"a {type(chunk).__name__}")
        if not self.head_sent:
            self._read_head(chunk)
        result = chunk.get("result")
        if result is None or self.cut:
            return b""
        try:
            piece = bytes.fromhex(result)
        except (ValueError, TypeError) as error:
            if not self.head_sent:
                raise BadResult("PluginDaemonInternalServerError", f"{error}") from None
            self.cut = f"a piece of the body is not hex: {error}"
            return b""
        self.head_sent = True
        self.body += piece
        return piece

    def finish(self) -> None:
        """The plugin has ended. A response without a piece is sent now, with an empty body."""
        self.head_sent = True

    def fail(self, message: str, plugin_error: dict[str, Any] | None) -> bytes:
        """The round has failed; gives what the caller gets of it.

        ``plugin_error`` is the plugin's own (type, message, args); else ``message`` is Dify's.
        """
        text = _go_json(plugin_error) if plugin_error else message
        if self.head_sent:
            piece = text.encode()
            self.body += piece
            return piece
        inner = {"message": text, "error_type": "PluginDaemonInternalServerError", "args": None}
        body = _go_json({"code": -500, "message": _go_json(inner), "data": None}).encode()
        self.status, self.head_sent = 500, True
        self.headers = {"Content-Type": "application/json; charset=utf-8"}
        self.body[:] = body
        return body

    def document(self) -> list[dict[str, Any]]:
        """The response as a round's one message."""
        try:
            body: Any = self.body.decode("utf-8")
        except UnicodeDecodeError:
            body = {"base64": base64.b64encode(self.body).decode()}
        message = {"status": self.status, "headers": self.headers, "body": body}
        return [{"type": "response", "message": message, "meta": None}]

    def _read_head(self, chunk: dict[str, Any]) -> None:
        status, headers = chunk.get("status"), chunk.get("headers")
        if status is not None:
            if type(status) is not int or not 0 <= status <= _LARGEST_STATUS:
                raise _unreadable(f"status {status!r}")
            self.status = status or 200
        if isinstance(headers, dict):
            for name, value in headers.items():
                self.headers.setdefault(str(name), str(value))


def _unreadable(what: str) -> BadResult:
    return BadResult("unmarshal_error", f"unmarshal json failed: {what}")


def _go_json(value: Any) -> str:
    """JSON as encoding/json writes it: compact, with <, > and & escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
