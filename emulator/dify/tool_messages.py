"""What a tool yields, as Dify's platform hands it on: blobs merged, stream variables joined.

The daemon checks the shape of each message (D tool_entities/tool.go); the platform merges
(P core/plugin/utils/chunk_merger.py).
"""

import base64
import binascii
import copy
from dataclasses import dataclass, field
from typing import Any

from emulator.dify.production import (
    CHUNK_BYTES,
    CHUNK_TOO_LARGE,
    FILE_BYTES,
    FILE_TOO_LARGE,
    RESERVED_VARIABLES,
)
from emulator.wire.writer import as_go_sends

_TYPES = (
    "text",
    "file",
    "blob",
    "blob_chunk",
    "json",
    "link",
    "image",
    "image_link",
    "binary_link",
    "variable",
    "log",
    "retriever_resources",
)


class BadResult(Exception):
    """Dify cannot use what the plugin yielded; ends the round as an error of this type."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.message = message


@dataclass(slots=True)
class ToolMessages:
    """The messages of one round, in the order in which they began."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    _blobs: dict[str, bytearray] = field(default_factory=dict)
    _variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    _logs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, chunk: Any) -> dict[str, Any] | None:
        """Take one piece; gives the message if it is whole by itself. Raises BadResult."""
        message = _checked(chunk)
        body = message["message"]
        match message["type"]:
            case "blob_chunk":
                return self._add_blob(message, body)
            case "variable":
                return self._add_variable(message, body)
            case "log":
                return self._add_log(message, body)
        self.messages.append(message)
        return message

    def _add_blob(self, message: dict[str, Any], body: dict[str, Any]) -> dict[str, Any] | None:
        number = str(body.get("id"))
        try:
            piece = base64.b64decode(str(body.get("blob", "")), validate=True)
        except binascii.Error as error:
            raise BadResult("ValueError", f"a blob chunk is not base64: {error}") from None
        whole = self._blobs.setdefault(number, bytearray())
        if len(whole) + len(piece) > FILE_BYTES:
            raise BadResult("ValueError", FILE_TOO_LARGE)
        if len(piece) > CHUNK_BYTES:
            raise BadResult("ValueError", CHUNK_TOO_LARGE)
        whole += piece
        if not body.get("end"):
            return None
        blob = {"base64": base64.b64encode(self._blobs.pop(number)).decode()}
        merged = {"type": "blob", "message": {"blob": blob}, "meta": message["meta"]}
        self.messages.append(merged)
        return merged

    def _add_variable(self, message: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        name = str(body.get("variable_name"))
        if name in RESERVED_VARIABLES:
            raise BadResult("ValueError", f"The variable name '{name}' is reserved.")
        joined = self._variables.get(name)
        if not body.get("stream"):
            self.messages.append(message)
        elif joined is None:
            # The caller gets each piece as it is; what is kept grows.
            self._variables[name] = copy.deepcopy(message)
            self.messages.append(self._variables[name])
        else:
            joined["message"]["variable_value"] += str(body.get("variable_value"))
        return message

    def _add_log(self, message: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        number = str(body.get("id"))
        if number in self._logs:
            self._logs[number].update(message)
        else:
            self._logs[number] = message
            self.messages.append(message)
        return message


def _checked(chunk: Any) -> dict[str, Any]:
    if not isinstance(chunk, dict):
        raise BadResult("unmarshal_error", f"unmarshal json failed: a {type(chunk).__name__}")
    kind, body, meta = chunk.get("type"), chunk.get("message"), chunk.get("meta")
    if kind not in _TYPES:
        raise BadResult("unmarshal_error", f"unmarshal json failed: unknown message type {kind!r}")
    for name, part in (("message", body), ("meta", meta)):
        if part is not None and not isinstance(part, dict):
            why = f"unmarshal json failed: {name} is a {type(part).__name__}"
            raise BadResult("unmarshal_error", why)
    return {"type": kind, "message": as_go_sends(body or {}), "meta": as_go_sends(meta)}
