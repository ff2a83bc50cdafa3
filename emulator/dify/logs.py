"""What a plugin said beside its messages, kept within bounds."""

from typing import Any

from emulator.runtime.running import PluginLog
from emulator.workspace.rounds import iso_time

_LINES = 1000
_CHARACTERS = 256 * 1024


class Logs:
    """The logs of one round: the first lines, and how many came after them.

    A plugin that floods its stdout must not fill the state file.
    """

    def __init__(self) -> None:
        self._kept: list[dict[str, Any]] = []
        self._room = _CHARACTERS
        self._left_out = 0
        self._last = 0

    def add(self, log: PluginLog) -> bool:
        """Keep a line; says whether there was room for it."""
        self._last = int(log.at * 1_000_000)
        if len(self._kept) >= _LINES or self._room <= 0:
            self._left_out += 1
            return False
        text = log.message[: self._room]
        self._room -= len(text)
        self._kept.append(_document(log.source, log.level, text, self._last))
        return True

    def documents(self) -> list[dict[str, Any]]:
        if not self._left_out:
            return self._kept
        text = f"{self._left_out} more lines were left out"
        return [*self._kept, _document("dify-emulator", "WARNING", text, self._last)]


def _document(source: str, level: str, message: str, at: int) -> dict[str, Any]:
    return {"source": source, "level": level, "message": message, "at": iso_time(at)}
