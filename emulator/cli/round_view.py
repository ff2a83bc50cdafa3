"""How a round looks to people: its result on stdout, all else on stderr."""

import base64
import json
import sys
from typing import Any

import click

from emulator.cli import reporting
from emulator.cli.sizes import human_size
from emulator.dify.endpoint_response import EndpointResponse
from emulator.runtime.running import PluginLog


class ToolView:
    """Prints a tool's messages as they come."""

    def __init__(self) -> None:
        self._in_line = False

    def on_tool_message(self, message: dict[str, Any]) -> None:
        kind, body, meta = message["type"], message["message"], message["meta"] or {}
        match kind:
            case "text":
                self._write(str(body.get("text", "")))
            case "json":
                self._line(json.dumps(body.get("json_object"), ensure_ascii=False, indent=2))
            case "link" | "image" | "image_link" | "binary_link":
                self._line(str(body.get("text", "")))
            case "variable" if body.get("stream"):
                self._write(str(body.get("variable_value", "")))
            case "variable":
                value = json.dumps(body.get("variable_value"), ensure_ascii=False)
                self._line(f"{body.get('variable_name')} = {value}")
            case "blob":
                size = len(base64.b64decode(body["blob"]["base64"]))
                self._line(f"[{meta.get('mime_type', 'octet/stream')}, {human_size(size)}]")
            case "log":
                reporting.say(f"{body.get('label')}: {body.get('status')}", dim=True)
            case _:
                self._line(json.dumps(body, ensure_ascii=False))

    def on_response(self, response: EndpointResponse, piece: bytes) -> None:
        raise AssertionError("a tool has no response")

    def on_log(self, log: PluginLog) -> None:
        self.end_line()
        reporting.say(f"{log.source}: {log.message}", dim=True)

    def end_line(self) -> None:
        """Begin a new line, if text has left the last one open."""
        if self._in_line:
            click.echo()
            self._in_line = False

    def _line(self, text: str) -> None:
        self.end_line()
        click.echo(text)

    def _write(self, text: str) -> None:
        click.echo(text, nl=False)
        sys.stdout.flush()
        if text:
            self._in_line = not text.endswith("\n")


class ResponseView:
    """Writes a response's body to stdout, byte for byte, piece by piece."""

    def __init__(self, *, with_head: bool) -> None:
        self._with_head = with_head
        self._head_written = False

    def on_tool_message(self, message: dict[str, Any]) -> None:
        raise AssertionError("an endpoint has no tool messages")

    def on_response(self, response: EndpointResponse, piece: bytes) -> None:
        out = sys.stdout.buffer
        if self._with_head and not self._head_written and response.head_sent:
            head = [f"HTTP/1.1 {response.status} {_reason(response.status)}"]
            head += [f"{name}: {value}" for name, value in response.headers.items()]
            out.write("\r\n".join([*head, "", ""]).encode("utf-8", "replace"))
            self._head_written = True
        out.write(piece)
        out.flush()

    def on_log(self, log: PluginLog) -> None:
        reporting.say(f"{log.source}: {log.message}", dim=True)


def say_outcome(document: dict[str, Any]) -> None:
    """What a round did to memory, its error and its notes."""
    error = document["error"]
    if error:
        if error["traceback"] and reporting.verbose:
            reporting.say(error["traceback"].rstrip(), dim=True)
        reporting.say(f"{error['type']}: {error['message']}", fg="red")
    for operation in document["operations"]:
        reporting.say(_operation(operation), dim=True)
    for note in document["notes"]:
        reporting.say_note(note["code"], note["message"])
    head = f"round {document['round']} {document['status']} {document['duration_ms']:.0f} ms"
    reporting.say(head, dim=True)


def _operation(operation: dict[str, Any]) -> str:
    op, key, before, after = (
        operation[name] for name in ("op", "key", "size_before", "size_after")
    )
    if operation["outcome"] == "error" and before == after:
        return f"  ! {op} {key}: {operation['message']}"
    if op == "set":
        sizes = (
            human_size(after) if before is None else f"{human_size(before)} -> {human_size(after)}"
        )
        return f"  {'+' if before is None else '~'} {key} {sizes}"
    if op == "delete":
        return f"  - {key}"
    return f"  . {op} {key}" + (f" {human_size(before)}" if before is not None else "")


def _reason(status: int) -> str:
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
