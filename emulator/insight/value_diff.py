"""What is different between two values of a key: JSON by path, text by line, else by size."""

import contextlib
import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

_NOTHING = object()

_MOST_LINES = 2000
"""Longer texts are told by their length: comparing takes up to the square of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One difference."""

    sign: Literal["+", "-", "~"]
    text: str


def diff(before: bytes | None, after: bytes | None) -> list[Line]:
    """The differences between two values; None is no value."""
    if before == after:
        return []
    documents = _as_json(before), _as_json(after)
    if any(isinstance(document, dict | list) for document in documents):
        with contextlib.suppress(RecursionError):  # as deep as that nobody looks
            return list(_by_path(*documents, ""))
    old, new = _as_text(before), _as_text(after)
    if old is not None and new is not None and (lines := list(_by_line(old, new))):
        return lines
    gone = [] if before is None else [Line("-", _by_hash(before))]
    come = [] if after is None else [Line("+", _by_hash(after))]
    return gone + come


def _as_json(value: bytes | None) -> Any:
    if value is None:
        return _NOTHING
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _as_text(value: bytes | None) -> str | None:
    if value is None:
        return ""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    return (
        text if text.isprintable() or all(c.isprintable() or c in "\n\t\r" for c in text) else None
    )


def _by_path(before: Any, after: Any, path: str) -> Iterator[Line]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in {**before, **after}:
            inner = f"{path}.{name}" if path else str(name)
            yield from _by_path(before.get(name, _NOTHING), after.get(name, _NOTHING), inner)
    elif isinstance(before, list) and isinstance(after, list):
        for i in range(max(len(before), len(after))):
            old = before[i] if i < len(before) else _NOTHING
            new = after[i] if i < len(after) else _NOTHING
            yield from _by_path(old, new, f"{path}[{i}]")
    elif isinstance(after, dict) and after and before is _NOTHING:
        yield from _by_path({}, after, path)
    elif before is _NOTHING:
        yield Line("+", _named(path, after))
    elif after is _NOTHING:
        yield Line("-", _named(path, before))
    elif type(before) is not type(after) or _shown(before) != _shown(after):
        yield Line("~", f"{_named(path, before)} -> {_shown(after)}")


def _by_line(before: str, after: str) -> Iterator[Line]:
    old, new = before.splitlines(), after.splitlines()
    if max(len(old), len(new)) > _MOST_LINES:
        yield from (Line("-", f"{len(old)} lines"), Line("+", f"{len(new)} lines"))
        return
    # Whole lines only: ndiff, which looks into them, takes half a minute for 400 changed ones.
    for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if tag != "equal":
            yield from (Line("-", line) for line in old[i:j])
            yield from (Line("+", line) for line in new[k:m])


def _by_hash(value: bytes) -> str:
    return f"{len(value)} bytes, sha256 {sha256(value).hexdigest()[:12]}"


def _named(path: str, value: Any) -> str:
    return f"{path}: {_shown(value)}" if path else _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return json.dumps(value, ensure_ascii=False)
