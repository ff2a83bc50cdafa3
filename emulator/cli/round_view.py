"""How a round looks to people: its result on stdout, all else on stderr."""

import base64
import json
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emulator.cli import reporting
from emulator.cli.output import Output
from emulator.cli.sizes import human_size
from emulator.runtime.load_failure import place_in_plugin

if TYPE_CHECKING:  # looking at a round that is over does without what runs one
    from emulator.dify.endpoint_response import EndpointResponse
    from emulator.runtime.running import PluginLog


class ToolView:
    """Prints a tool's messages as they come."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def on_tool_message(self, message: dict[str, Any]) -> None:
        kind, body, meta = message["type"], message["message"] or {}, message["meta"] or {}
        match kind:
            case "text":
                self._write(body.get("text", ""))
            case "json":
                self._output.line(json.dumps(body.get("json_object"), ensure_ascii=False, indent=2))
            case "link" | "image" | "image_link" | "binary_link":
                self._output.line(str(body.get("text", "")))
            case "variable" if body.get("stream"):
                self._write(body.get("variable_value", ""))
            case "variable":
                value = json.dumps(body.get("variable_value"), ensure_ascii=False)
                self._output.line(f"{body.get('variable_name')} = {value}")
            case "blob":
                size = len(base64.b64decode(body["blob"]["base64"]))
                name = f"{meta['filename']}, " if meta.get("filename") else ""
                mime_type = meta.get("mime_type", "octet/stream")
                self._output.line(f"[{name}{mime_type}, {human_size(size)}]")
            case "log":
                reporting.say(f"{body.get('label')}: {body.get('status')}", dim=True)
            case _:
                self._output.line(json.dumps(body, ensure_ascii=False))

    def on_response(self, response: "EndpointResponse", piece: bytes) -> None:
        raise AssertionError("a tool has no response")

    def on_log(self, log: "PluginLog") -> None:
        self._output.end_line()
        reporting.say(f"{log.source}: {log.message}", dim=True)

    def end(self) -> None:
        self._output.end_line()

    def _write(self, text: object) -> None:
        self._output.write(str(text).encode("utf-8", "replace"))


class ResponseView:
    """Writes a response's body to stdout, byte for byte, piece by piece."""

    def __init__(self, output: Output, *, with_head: bool, with_body: bool) -> None:
        self._output = output
        self._head_due = with_head
        self._with_body = with_body

    def on_tool_message(self, message: dict[str, Any]) -> None:
        raise AssertionError("an endpoint has no tool messages")

    def on_response(self, response: "EndpointResponse", piece: bytes) -> None:
        if self._head_due and response.head_sent:
            self._head_due = False
            head = [f"HTTP/1.1 {response.status} {_reason(response.status)}"]
            head += [f"{name}: {value}" for name, value in response.headers.items()]
            self._output.write("\r\n".join([*head, "", ""]).encode("utf-8", "replace"))
        if self._with_body:
            self._output.write(piece)

    def on_log(self, log: "PluginLog") -> None:
        reporting.say(f"{log.source}: {log.message}", dim=True)

    def end(self) -> None:
        if self._output.is_open_line_on_terminal:
            reporting.say()  # the body stays as it is; only the terminal's line ends


def say_outcome(document: dict[str, Any], folder: Path) -> None:
    """What a round did to memory, its error, its notes, and how it ended."""
    for operation in document["operations"]:
        reporting.say(operation_line(operation), dim=True)
    if document["logs"] and document["logs"][-1]["source"] == "dify-emulator":
        reporting.say(document["logs"][-1]["message"], dim=True)
    _say_error(document["error"], folder)
    for note in document["notes"]:
        reporting.say_note(note["code"], note["message"])
    status = document["status"]
    if document["kind"] == "endpoint" and document["messages"]:
        status += f", HTTP {document['messages'][0]['message']['status']}"
    say = f"round {document['round']}: {status}, {document['duration_ms']:.0f} ms"
    reporting.say(say, dim=True)


def _say_error(error: dict[str, Any] | None, folder: Path) -> None:
    if error is None:
        return
    traceback = error["traceback"] or ""
    if reporting.verbose and traceback:
        reporting.say(traceback.rstrip(), dim=True)
    place = place_in_plugin(folder, traceback)
    where = f" (at {place})" if place else ""
    reporting.say(f"{error['type']}: {error['message']}{where}", fg="red")


def operation_line(operation: dict[str, Any]) -> str:
    """What a storage call did."""
    op, key, before, after = (
        operation[name] for name in ("op", "key", "size_before", "size_after")
    )
    key = reporting.visible_line(key)
    if operation["outcome"] == "error":
        return f"  ! {op} {key}: {reporting.visible_line(operation['message'])}"
    if op == "set":
        change = f"{human_size(before)} -> " if before is not None else ""
        return f"  {'+' if before is None else '~'} {key} {change}{human_size(after)}"
    if op == "delete":
        return f"  - {key}"
    return f"  . {op} {key}" + (f" {human_size(before)}" if before is not None else "")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
