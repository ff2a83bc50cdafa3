"""A round as ``dev`` shows it: what was called, what came of it, what it did to memory."""

from pathlib import Path
from typing import Any

from emulator.cli.dev.screen import Screen
from emulator.cli.effect_view import show_effect_at_a_glance
from emulator.cli.result_text import result_text
from emulator.cli.sizes import human_size
from emulator.dev.events import RoundEnded
from emulator.runtime.load_failure import place_in_plugin
from emulator.workspace.effects import Effect

_MOST_MESSAGE_LINES = 12
_MOST_LINES = 20
"""Of one kind: a block is to be seen at a glance."""


def show_round(screen: Screen, event: RoundEnded, folder: Path, name: str) -> None:
    """One compact block; ``name`` goes before it where there are several plugins."""
    document = event.read()
    status, colour = _status(document)
    how = [f"generation {document['generation']}", *(["rerun"] if event.why == "rerun" else [])]
    how += ["stale"] if event.stale else []
    took = f"{document['duration_ms'] or 0:.0f} ms"
    head = f"{name}#{event.round} {document['target']}: {status}, {took} ({', '.join(how)})"
    screen.line(head, fg=colour, bold=True)
    if text := _result(document):
        screen.block(text, most=_MOST_MESSAGE_LINES)
    for log in document["logs"][:_MOST_LINES]:
        screen.block(f"{log['source']}: {log['message']}", most=4, dim=True)
    _say_more(screen, len(document["logs"]), "lines of its log")
    _show_memory(screen, document["operations"], event.effects())
    _show_error(screen, document["error"], folder)
    for note in document["notes"]:
        screen.line(f"  {note['code']} {note['message']}", fg="yellow")


def _status(document: dict[str, Any]) -> tuple[str, str]:
    status = document["status"]
    if document["kind"] == "endpoint" and document["messages"]:
        code = document["messages"][0]["message"]["status"]
        failed = status != "ok" or code >= 500
        return f"{status}, HTTP {code}", "red" if failed else "green"
    return status, "green" if status == "ok" else "red"


def _result(document: dict[str, Any]) -> str:
    if document["kind"] == "tool":
        return result_text(document["messages"])
    body = document["messages"][0]["message"]["body"] if document["messages"] else ""
    return body if isinstance(body, str) else f"[{len(body['base64']) * 3 // 4} bytes]"


def _show_memory(screen: Screen, operations: list[dict[str, Any]], effects: list[Effect]) -> None:
    changed = {effect.key for effect in effects}
    read = {
        each["key"]: each["size_before"]
        for each in operations
        if each["op"] in ("get", "exist") and each["outcome"] == "ok"
    }
    only_read = [(key, size) for key, size in read.items() if key not in changed]
    for key, size in only_read[:_MOST_LINES]:
        shown = "" if size is None else f" {human_size(size)}"
        screen.line(f"  . {key}{shown}", dim=True)
    _say_more(screen, len(only_read), "keys that it read")
    for effect in effects[:_MOST_LINES]:
        show_effect_at_a_glance(screen.line, effect)
    _say_more(screen, len(effects), "keys that it changed")
    refused = [each for each in operations if each["outcome"] == "error"]
    for each in refused[:_MOST_LINES]:
        screen.line(f"  ! {each['op']} {each['key']}: {each['message']}", fg="red")
    _say_more(screen, len(refused), "refused operations")


def _say_more(screen: Screen, count: int, what: str) -> None:
    if count > _MOST_LINES:
        screen.line(f"  ... {count - _MOST_LINES} more {what}", dim=True)


def _show_error(screen: Screen, error: dict[str, Any] | None, folder: Path) -> None:
    if error is None:
        return
    place = place_in_plugin(folder, error["traceback"] or "")
    where = f" (at {place})" if place else ""
    screen.block(f"{error['type']}: {error['message']}{where}", fg="red")
