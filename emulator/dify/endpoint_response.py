"""The HTTP response out of an endpoint's messages (D io_tunnel/endpoint_service.go).

The first message that says ``status`` gives status and headers, each with ``result`` a piece of
the body. A generator's first message has no result; one that yields nothing has none at all.
"""

import base64
from dataclasses import dataclass, field
from typing import Any

from emulator.dify.tool_messages import BadResult


@dataclass(slots=True)
class EndpointResponse:
    """The response as far as it has come."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)

    def add(self, chunk: Any) -> bytes:
        """Take one message; gives the piece of the body in it. Raises BadResult."""
        if not isinstance(chunk, dict):
            raise BadResult("unmarshal_error", f"unmarshal json failed: a {type(chunk).__name__}")
        status, headers = chunk.get("status"), chunk.get("headers")
        if isinstance(status, int) and not isinstance(status, bool):
            self.status = status
        if isinstance(headers, dict):
            self.headers = {str(name): str(value) for name, value in headers.items()}
        try:
            piece = bytes.fromhex(chunk.get("result") or "")
        except (ValueError, TypeError) as error:
            raise BadResult("unmarshal_error", f"decode data failed: {error}") from None
        self.body += piece
        return piece

    def document(self) -> list[dict[str, Any]]:
        """The response as a round's one message."""
        if self.status is None:
            return []
        try:
            body: Any = self.body.decode("utf-8")
        except UnicodeDecodeError:
            body = {"base64": base64.b64encode(self.body).decode()}
        message = {"status": self.status, "headers": self.headers, "body": body}
        return [{"type": "response", "message": message, "meta": None}]
