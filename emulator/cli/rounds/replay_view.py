"""What became of a replayed round, for people and as JSON."""

from dataclasses import dataclass, field
from typing import Any

from emulator.cli.output import show_line
from emulator.errors import EmulatorError
from emulator.insight.comparison import Difference

_COLOURS = {"+": "green", "-": "red", "~": "yellow"}
_MOST_DIFFERENCES = 20
_MOST_LINES = 20
_MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Replay:
    """A round whose call was made again, or could not be."""

    round: int
    replayed_as: int | None = None
    """The new round."""
    differences: list[Difference] = field(default_factory=list)
    refused: EmulatorError | None = None

    @property
    def is_same(self) -> bool:
        return not self.differences and self.refused is None


def replay_document(replay: Replay) -> dict[str, Any]:
    """One of what ``--json`` prints."""
    differences = [
        {
            "what": each.what,
            "of": each.of,
            "lines": [f"{line.sign} {line.text}" for line in each.lines],
        }
        for each in replay.differences
    ]
    return {
        "round": replay.round,
        "replayed_as": replay.replayed_as,
        "same": replay.is_same,
        "differences": differences,
        "refused": replay.refused and replay.refused.message,
    }


def show_replay(replay: Replay) -> None:
    """A line, and below it what is different."""
    if replay.refused is not None:
        show_line(f"round {replay.round}: cannot be run: {replay.refused.message}", fg="red")
        if replay.refused.advice:
            show_line(f"  {replay.refused.advice}")
        return
    word, colour = ("same", "green") if replay.is_same else ("differs", "yellow")
    show_line(f"round {replay.round} -> {replay.replayed_as}: {word}", fg=colour)
    for difference in replay.differences[:_MOST_DIFFERENCES]:
        _show_difference(difference)
    _show_more(len(replay.differences) - _MOST_DIFFERENCES, "differences", "  ")


def _show_difference(difference: Difference) -> None:
    show_line(f"  {difference.what}" + (f" {difference.of}" if difference.of else ""))
    for line in difference.lines[:_MOST_LINES]:
        text = line.text
        if len(text) > _MOST_CHARACTERS:
            text = text[: _MOST_CHARACTERS - 3] + "..."
        show_line(f"    {line.sign} {text}", fg=_COLOURS[line.sign])
    _show_more(len(difference.lines) - _MOST_LINES, "lines", "    ")


def _show_more(count: int, what: str, indent: str) -> None:
    if count > 0:
        show_line(f"{indent}... {count} more {what}", dim=True)
