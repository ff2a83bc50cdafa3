"""A whole round on a page: what was called, what came of it, what it did to memory and where."""

from base64 import b64decode
from collections.abc import Iterable
from typing import Any

from emulator.cli.effect_view import show_effect
from emulator.cli.output import show_line, show_text
from emulator.cli.result_text import result_text
from emulator.cli.round_view import operation_line
from emulator.cli.rounds.call_text import call_text
from emulator.cli.sizes import human_size
from emulator.dify.calls import Call
from emulator.workspace.effects import Effect


def show_page(
    document: dict[str, Any],
    call: Call | None,
    places: Iterable[str | None],
    effects: list[Effect],
) -> None:
    """All that is known of a round. ``places`` are those of its operations, in their order."""
    _show_head(document)
    if call is not None:
        _show_part("called with", call_text(call))
    if document["kind"] == "tool":
        _show_part("messages", result_text(document["messages"]))
    elif document["messages"]:
        _show_part("response", _response_text(document["messages"][0]["message"]))
    _show_operations(document["operations"], places)
    if effects:
        show_line("memory", bold=True)
    for effect in effects:
        show_effect(show_line, effect)
    if error := document["error"]:
        _show_part("error", f"{error['type']}: {error['message']}", fg="red")
        if error["traceback"]:
            show_text(error["traceback"], dim=True)
    notes = [f"{note['code']} {note['message']}" for note in document["notes"]]
    _show_part("notes", "\n".join(notes), fg="yellow")
    _show_part("log", "\n".join(_log_lines(document)))


def _show_head(document: dict[str, Any]) -> None:
    by = f" by {document['user_id']}" if document["user_id"] else ""
    took = "no end" if document["duration_ms"] is None else f"{document['duration_ms']:.0f} ms"
    colour = "green" if document["status"] == "ok" else "red"
    show_line(
        f"round {document['round']}: {document['target']}{by}: {document['status']}, {took}",
        fg=colour,
        bold=True,
    )
    conversation = document["conversation_id"]
    told = [document["started_at"][:19], f"workspace {document['workspace']}"]
    told += [f"generation {document['generation']}"]
    told += [f"conversation {conversation}"] if conversation else []
    show_line(f"  {', '.join(told)}")


def _show_part(title: str, text: str, **style: Any) -> None:
    if text:
        show_line(title, bold=True)
        show_text(text, **style)


def _show_operations(operations: list[dict[str, Any]], places: Iterable[str | None]) -> None:
    if operations:
        show_line("operations", bold=True)
    for operation, place in zip(operations, places, strict=False):
        at = f"  at {place}" if place else ""
        show_line(f"{operation_line(operation)}{at}")


def _response_text(response: dict[str, Any]) -> str:
    body = response["body"]
    if not isinstance(body, str):
        body = f"[{human_size(len(b64decode(body['base64'])))}]"
    head = [f"HTTP {response['status']}"]
    head += [f"{name}: {value}" for name, value in response["headers"].items()]
    return "\n".join([*head, "", body])


def _log_lines(document: dict[str, Any]) -> list[str]:
    told = [message["message"] for message in document["messages"] if message["type"] == "log"]
    steps = [f"{step.get('label')}: {step.get('status')}" for step in told]
    return steps + [f"{log['source']}: {log['message']}" for log in document["logs"]]
