"""What many rounds of one call came to."""

import math
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from emulator.cli.output import Output
from emulator.cli.reporting import visible_line

Document = dict[str, Any]

_LOST_UPDATE = "DE213"
_STATUSES = {"ok": "ok", "error": "failed", "timeout": "timed out", "crashed": "crashed"}
_ROUND = re.compile(r"\b(R|r)ound \d+")
_PLACE = re.compile(r"\(([^\s()]+:\d+)\)")
_SHOWN_ROUNDS = 3
_GROUPS = {
    "errors": "{type}: {message}",
    "lost_updates": "{message}",
    "notes": "{code} {message}",
}
"""What is counted, and how one of a kind is told."""


def summarize(documents: Sequence[Document], parallel: int) -> Document:
    """Sums of rounds, ordered by their numbers, as a document."""
    statuses = Counter(document["status"] for document in documents)
    failed = [document for document in documents if document["error"]]
    notes = [(document, note) for document in documents for note in document["notes"]]
    return {
        "calls": len(documents),
        "parallel": parallel,
        "first_round": documents[0]["round"],
        "last_round": documents[-1]["round"],
        "statuses": {status: statuses[status] for status in _STATUSES},
        "duration_ms": _durations([document["duration_ms"] for document in documents]),
        "errors": _grouped(
            (each["round"], {"type": each["error"]["type"], "message": each["error"]["message"]})
            for each in failed
        ),
        "lost_updates": _grouped(
            (document["round"], _lost_update(document, _of_any_round(note["message"])))
            for document, note in notes
            if note["code"] == _LOST_UPDATE
        ),
        "notes": _grouped(
            (document["round"], {**note, "message": _of_any_round(note["message"])})
            for document, note in notes
            if note["code"] != _LOST_UPDATE
        ),
    }


def show_summary(summary: Document, output: Output) -> None:
    """The same for people."""
    ended = [
        f"{count} {_STATUSES[status]}" for status, count in summary["statuses"].items() if count
    ]
    output.line(f"{summary['calls']} calls, {summary['parallel']} at once: {', '.join(ended)}")
    took = summary["duration_ms"]
    output.line(
        f"median {took['median']:.0f} ms, 95 % within {took['p95']:.0f} ms, "
        f"longest {took['max']:.0f} ms"
    )
    for what, text in _GROUPS.items():
        _show(what, summary[what], text, output)
    output.line(f"rounds {summary['first_round']} to {summary['last_round']}")


def _show(what: str, groups: Sequence[Document], text: str, output: Output) -> None:
    if groups:
        output.line(f"{what.replace('_', ' ')}:")
    for group in groups:
        rounds = group["rounds"]
        some = ", ".join(map(str, rounds[:_SHOWN_ROUNDS]))
        more = ", ..." if len(rounds) > _SHOWN_ROUNDS else ""
        said = visible_line(text.format_map(group))
        output.line(f"{group['count']:>6}  {said} (round {some}{more})")


def _durations(durations: Sequence[float]) -> dict[str, float]:
    ordered = sorted(durations)
    return {
        "median": statistics.median(ordered),
        "p95": ordered[math.ceil(0.95 * len(ordered)) - 1],
        "max": ordered[-1],
    }


def _of_any_round(message: str) -> str:
    """A note's text without numbers of rounds, so that those of many rounds can be alike."""
    return _ROUND.sub(lambda found: "A round" if found[1] == "R" else "another round", message)


def _lost_update(document: Document, message: str) -> Document:
    keys = [each["key"] for each in document["operations"] if f" {each['key']!r}" in message]
    return {"key": keys[0] if keys else None, "places": _PLACE.findall(message), "message": message}


def _grouped(found: Iterable[tuple[int, Document]]) -> list[Document]:
    """Those that are alike, with how often and in which rounds; the most frequent first."""
    groups: dict[str, Document] = {}
    for round, what in found:
        group = groups.setdefault(repr(what), {**what, "count": 0, "rounds": []})
        group["count"] += 1
        if round not in group["rounds"]:
            group["rounds"].append(round)
    return sorted(groups.values(), key=lambda group: -group["count"])
