"""What ``dev --json`` prints: one object for each event, the first of them ``ready``."""

import json
import os
from typing import Any

from emulator.cli.output import Output
from emulator.dev.dev_server import DevServer
from emulator.dev.events import (
    Broken,
    Died,
    Event,
    LateCall,
    Loaded,
    MemoryUndone,
    Mended,
    OutsideChange,
    Progress,
    Refused,
    RoundEnded,
)
from emulator.errors import EmulatorError


class JsonLines:
    """Prints events as they come."""

    def __init__(self, server: DevServer) -> None:
        self._server = server
        self._output = Output()

    def begin(self) -> None:
        pass

    def header(self) -> None:
        server = self._server
        ready = {"event": "ready", "pid": os.getpid(), "url": server.url}
        self._print({**ready, "plugins": server.describe()})

    def show(self, event: Event) -> None:
        """One event. Raises NotThereError for a round that is not kept any more."""
        self._print(event_document(event))

    def _print(self, document: dict[str, Any]) -> None:
        self._output.line(json.dumps(document, ensure_ascii=False))


def event_document(event: Event) -> dict[str, Any]:
    """An event as JSON. Raises NotThereError for a round that is not kept any more."""
    return {"event": _NAMES[type(event)], "plugin": event.plugin, **_details(event)}


def _details(event: Event) -> dict[str, Any]:
    match event:
        case Loaded(_, generation, changed, way, seconds):
            took = round(seconds * 1000, 3)
            return {"generation": generation, "changed": changed, "way": way, "duration_ms": took}
        case Broken(_, error, changed, stale):
            return {"error": _error(error), "changed": changed, "stale": stale}
        case Mended(_, generation) | Died(_, generation):
            return {"generation": generation}
        case RoundEnded(_, why, _, stale, read):
            return {"why": why, "stale": stale, **read()}
        case LateCall(_, number, note):
            return {"round": number, "note": note.as_document()}
        case OutsideChange(_, workspace, number, op, key, before, after):
            sizes = {"size_before": before, "size_after": after}
            return {"workspace": workspace, "round": number, "op": op, "key": key, **sizes}
        case MemoryUndone(_, undone):
            if undone is None:
                return {"undone": None}
            step = {"round": undone.round, "op": undone.op, "keys": undone.keys}
            return {"undone": step}
        case Refused(_, error):
            return {"error": _error(error)}
        case Progress(_, line):
            return {"message": line}


def _error(error: EmulatorError) -> dict[str, Any]:
    return {
        "type": type(error).__name__,
        "message": error.message,
        "advice": error.advice,
        "details": error.details,
    }


_NAMES = {
    Loaded: "loaded",
    Broken: "broken",
    Mended: "mended",
    Died: "died",
    RoundEnded: "round",
    LateCall: "late_call",
    OutsideChange: "storage",
    MemoryUndone: "undo",
    Refused: "refused",
    Progress: "progress",
}
