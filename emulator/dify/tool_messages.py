"""What a tool yields, as Dify's platform hands it on: blobs merged, stream variables joined.

The daemon checks the shape of each message (D tool_entities/tool.go); the platform merges
(P core/plugin/utils/chunk_merger.py).
"""

import base64
import binascii
import copy
from dataclasses import dataclass, field
from typing import Any

from emulator.dify.go_text import json_kind
from emulator.dify.production import (
    CHUNK_BYTES,
    CHUNK_TOO_LARGE,
    FILE_BYTES,
    FILE_TOO_LARGE,
    NOT_STREAMABLE,
    RESERVED_VARIABLES,
)
from emulator.wire.writer import as_go_sends

_GO_CHUNK = "tool_entities.ToolResponseChunk"
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
    """Dify cannot use what the plugin yielded; ends the round as an error of this type.

    ``plain`` says that the daemon passes the message on as text, not as an error object.
    """

    def __init__(self, error_type: str, message: str, *, plain: bool = False) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.plain = plain


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
        body = message["message"] or {}
        match message["type"]:
            case "blob_chunk":
                return self._add_blob(message, body)
            case "variable":
                return self._add_variable(message, body)
            case "log":
                return self._add_log(message, body)
        self.messages.append(message)
        return message

    def documents(self) -> list[dict[str, Any]]:
        """The messages as a round keeps them."""
        return self.messages

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
        name, value = str(body.get("variable_name")), body.get("variable_value")
        if name in RESERVED_VARIABLES:
            raise BadResult("ValueError", f"The variable name '{name}' is reserved.")
        joined = self._variables.get(name)
        if body.get("stream") and not isinstance(value, str):
            raise BadResult("ValueError", NOT_STREAMABLE)
        if body.get("stream") and joined and isinstance(joined["variable_value"], str):
            joined["variable_value"] += str(value)
        else:
            # The caller gets each piece as it is; what is kept grows.
            kept = copy.deepcopy(message)
            self._variables[name] = kept["message"]
            self.messages.append(kept)
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
    """The piece as the daemon passes it on. Raises BadResult with the daemon's words."""
    if chunk is not None and not isinstance(chunk, dict):
        given = json_kind(chunk)
        raise _unreadable(f"json: cannot unmarshal {given} into Go value of type {_GO_CHUNK}")
    # Go matches the names of fields without regard to case, if there is none with the right one.
    fields = {name.lower(): item for name, item in (chunk or {}).items()} | (chunk or {})
    kind: Any
    kind, body, meta = (fields.get(name) for name in ("type", "message", "meta"))
    part: Any
    for name, part in (("message", body), ("meta", meta)):
        if part is not None and not isinstance(part, dict):
            raise _unreadable(
                f"json: cannot unmarshal {json_kind(part)} into Go struct field "
                f"ToolResponseChunk.{name} of type map[string]interface {{}}"
            )
    if kind is not None and not isinstance(kind, str):
        raise _unreadable(
            f"json: cannot unmarshal {json_kind(kind)} into Go struct field "
            "ToolResponseChunk.type of type tool_entities.ToolResponseChunkType"
        )
    if kind not in _TYPES:
        rule = "is_valid_tool_response_chunk_type" if kind else "required"
        raise _unreadable(
            "Key: 'ToolResponseChunk.Type' "
            f"Error:Field validation for 'Type' failed on the '{rule}' tag"
        )
    return {"type": kind, "message": as_go_sends(body), "meta": as_go_sends(meta)}


def _unreadable(why: str) -> BadResult:
    return BadResult("unmarshal_error", f"unmarshal json failed: {why}")
