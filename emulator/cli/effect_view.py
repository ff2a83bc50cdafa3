"""What became of a key, for people: a sign, the key, its sizes, and what is different in it."""

from collections.abc import Callable
from typing import Any

from emulator.cli.sizes import human_size
from emulator.insight.value_diff import Line, diff
from emulator.workspace.effects import Effect

ShowLine = Callable[..., None]
"""Takes a line and, by name, how it is to look."""

_COLOURS = {"+": "green", "-": "red", "~": "yellow"}
_MOST_LINES = 6
_MOST_CHARACTERS = 120


def sign_of(effect: Effect) -> str:
    """``+`` new, ``-`` gone, ``~`` changed, ``=`` written as it was."""
    if effect.before == effect.after:
        return "="
    if effect.before is None:
        return "+"
    return "-" if effect.after is None else "~"


def show_effect(show: ShowLine, effect: Effect, indent: str = "  ") -> None:
    """All that is different."""
    _show_head(show, effect, indent)
    for line in diff(effect.before, effect.after):
        _show_difference(show, line, line.text, indent)


def show_effect_at_a_glance(show: ShowLine, effect: Effect, indent: str = "  ") -> None:
    """The first few differences of what is there now, cut short."""
    _show_head(show, effect, indent)
    lines = [] if effect.after is None else diff(effect.before, effect.after)
    for line in lines[:_MOST_LINES]:
        text = line.text
        if len(text) > _MOST_CHARACTERS:
            text = text[: _MOST_CHARACTERS - 3] + "..."
        _show_difference(show, line, text, indent)
    if len(lines) > _MOST_LINES:
        show(f"{indent}    ... {len(lines) - _MOST_LINES} more", dim=True)


def _show_head(show: ShowLine, effect: Effect, indent: str) -> None:
    sign = sign_of(effect)
    style: dict[str, Any] = {"dim": True} if sign == "=" else {"fg": _COLOURS[sign]}
    sizes = [human_size(len(value)) for value in (effect.before, effect.after) if value is not None]
    shown = " -> ".join(sizes if sign == "~" else sizes[:1])
    show(f"{indent}{sign} {effect.key} {shown}", **style)


def _show_difference(show: ShowLine, line: Line, text: str, indent: str) -> None:
    show(f"{indent}    {line.sign} {text}", fg=_COLOURS[line.sign], dim=True)
