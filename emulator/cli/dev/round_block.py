"""A round as ``dev`` shows it: what was called, what came of it, what it did to memory."""

from pathlib import Path
from typing import Any

from emulator.cli.dev.screen import Screen
from emulator.cli.output import Output
from emulator.cli.round_view import ToolView
from emulator.cli.sizes import human_size
from emulator.dev.events import RoundEnded
from emulator.insight.value_diff import diff
from emulator.runtime.load_failure import place_in_plugin
from emulator.workspace.effects import Effect

_MOST_MESSAGE_LINES = 12
_MOST_DIFF_LINES = 6
_MOST_LINES = 20
"""Of one kind: a block is to be seen at a glance."""
_COLOURS = {"+": "green", "-": "red", "~": "yellow"}


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
        gathered = _Gathered()
        view = ToolView(gathered)
        for message in document["messages"]:
            if message["type"] != "log":
                view.on_tool_message(message)
        return gathered.text
    body = document["messages"][0]["message"]["body"] if document["messages"] else ""
    return body if isinstance(body, str) else f"[{len(body['base64']) * 3 // 4} bytes]"


class _Gathered(Output):
    """Takes what a view writes."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def write(self, data: bytes) -> None:
        if data:
            self._last = data[-1:]
            self.text += data.decode("utf-8", "replace")


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
        _show_effect(screen, effect)
    _say_more(screen, len(effects), "keys that it changed")
    refused = [each for each in operations if each["outcome"] == "error"]
    for each in refused[:_MOST_LINES]:
        screen.line(f"  ! {each['op']} {each['key']}: {each['message']}", fg="red")
    _say_more(screen, len(refused), "refused operations")


def _say_more(screen: Screen, count: int, what: str) -> None:
    if count > _MOST_LINES:
        screen.line(f"  ... {count - _MOST_LINES} more {what}", dim=True)


def _show_effect(screen: Screen, effect: Effect) -> None:
    before, after = effect.before, effect.after
    if before == after:
        screen.line(f"  = {effect.key} {human_size(len(after or b''))}", dim=True)
        return
    if before is None:
        sign, sizes = "+", human_size(len(after or b""))
    elif after is None:
        sign, sizes = "-", human_size(len(before))
    else:
        sign, sizes = "~", f"{human_size(len(before))} -> {human_size(len(after))}"
    screen.line(f"  {sign} {effect.key} {sizes}", fg=_COLOURS[sign])
    if after is None:
        return
    lines = diff(before, after)
    for line in lines[:_MOST_DIFF_LINES]:
        screen.line(f"      {line.sign} {_short(line.text)}", fg=_COLOURS[line.sign], dim=True)
    if len(lines) > _MOST_DIFF_LINES:
        screen.line(f"      ... {len(lines) - _MOST_DIFF_LINES} more", dim=True)


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:117] + "..."


def _show_error(screen: Screen, error: dict[str, Any] | None, folder: Path) -> None:
    if error is None:
        return
    place = place_in_plugin(folder, error["traceback"] or "")
    where = f" (at {place})" if place else ""
    screen.block(f"{error['type']}: {error['message']}{where}", fg="red")
