"""What is different between a round and another of the same call.

What differs from round to round by itself is left out: numbers and times, generations, the ids of
log messages, the URLs of files, the lines of tracebacks.
"""

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from emulator.insight.value_diff import Line, diff

Document = dict[str, Any]

_FILE_URL = re.compile(rb"https?://[^/\s\"]+/-/files/[\w-]{22}/")
_TIMES_OF_LOGS = ("started_at", "finished_at", "elapsed_time")

_MOST_MESSAGES = 1000
"""More are compared one by one: to find what was put between them takes up to the square."""


@dataclass(frozen=True, slots=True)
class KeptRound:
    """What is kept of a round that can be held against another."""

    document: Document
    """As ``run --json`` prints it."""
    written: dict[str, bytes | None]
    """What it left under each key: None where it deleted it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in which two rounds differ."""

    what: Literal["status", "error", "message", "response", "memory"]
    of: str | None
    """The number of the message, the part of the response, the key."""
    lines: list[Line]


def compare(first: KeptRound, second: KeptRound) -> list[Difference]:
    """The differences of the second from the first."""
    old, new = first.document, second.document
    found = []
    if old["status"] != new["status"]:
        found.append(Difference("status", None, _change(old["status"], new["status"])))
    if _error(old) != _error(new):
        found.append(Difference("error", None, _lines(_error(old), _error(new))))
    if new["kind"] == "tool":
        found += _messages(_comparable(old["messages"]), _comparable(new["messages"]))
    else:
        found += _response(old, new)
    return found + list(_memory(first.written, second.written))


def _error(document: Document) -> bytes | None:
    error = document["error"]
    return error and f"{error['type']}: {error['message']}".encode("utf-8", "replace")


def _messages(old: list[Document], new: list[Document]) -> Iterator[Difference]:
    for i, j, before, after in _pairs(old, new):
        number = str((i if after is None else j) + 1)
        lines = _message_lines(before, after)
        if lines:
            yield Difference("message", number, lines)


def _pairs(
    old: list[Document], new: list[Document]
) -> Iterator[tuple[int, int, Document | None, Document | None]]:
    """What stands in the place of what, with where it stands."""
    texts, new_texts = ([json.dumps(each, sort_keys=True) for each in all] for all in (old, new))
    matcher = SequenceMatcher(None, texts, new_texts, autojunk=False)
    few = max(len(old), len(new)) <= _MOST_MESSAGES
    blocks = matcher.get_opcodes() if few else [("replace", 0, len(old), 0, len(new))]
    for kind, i, end, j, new_end in blocks:
        if kind == "equal":
            continue
        for step in range(max(end - i, new_end - j)):
            before = old[i + step] if i + step < end else None
            after = new[j + step] if j + step < new_end else None
            yield i + step, j + step, before, after


def _message_lines(before: Document | None, after: Document | None) -> list[Line]:
    if before and after and before["type"] == after["type"]:
        (old, old_rest), (new, new_rest) = _split(before), _split(after)
        return _lines(old, new) + _lines(old_rest, new_rest)
    gone = diff(_split(before)[0], None) if before else []
    come = diff(None, _split(after)[0]) if after else []
    kinds = [before["type"] if before else "nothing", after["type"] if after else "nothing"]
    return _change(*kinds) + gone + come


def _split(message: Document) -> tuple[bytes, bytes]:
    """What a message says, and the rest of it."""
    rest = {**message, "message": dict(message["message"] or {})}
    body = rest["message"]
    match message["type"], body:
        case _, {"text": str(text)}:
            del body["text"]
            return text.encode("utf-8", "replace"), _as_json(rest)
        case "blob", {"blob": {"base64": str(data)}}:
            with suppress(binascii.Error):  # no blob of the SDK's
                content = b64decode(data)
                del body["blob"]
                return content, _as_json(rest)
        case "json", {"json_object": value}:
            del body["json_object"]
            return _as_json(value), _as_json(rest)
    del rest["message"]
    return _as_json(body), _as_json(rest)


def _response(old: Document, new: Document) -> Iterator[Difference]:
    before, after = (
        each["messages"][0]["message"] if each["messages"] else {} for each in (old, new)
    )
    codes = [each.get("status", "none") for each in (before, after)]
    if codes[0] != codes[1]:
        yield Difference("response", "status", _change(*codes))
    if old["error"] and new["error"]:
        return  # what the daemon makes of an error has its traceback in it
    bodies = _body(before), _body(after)
    left_out = ["date", *(["content-length"] if bodies[0] != bodies[1] else [])]
    headers = (_headers(each, left_out) for each in (before, after))
    for part, lines in (("headers", _lines(*headers)), ("body", _lines(*bodies))):
        if lines:
            yield Difference("response", part, lines)


def _headers(response: Document, left_out: list[str]) -> bytes:
    headers = response.get("headers", {}).items()
    return _as_json({name: value for name, value in headers if name.lower() not in left_out})


def _body(response: Document) -> bytes:
    body = response.get("body", "")
    data = body.encode("utf-8", "replace") if isinstance(body, str) else b64decode(body["base64"])
    return _without_file_urls(data)


def _memory(
    before: dict[str, bytes | None], after: dict[str, bytes | None]
) -> Iterator[Difference]:
    for key in sorted(before.keys() | after.keys()):
        did = [
            "left alone" if key not in each else "deleted" if each[key] is None else "set"
            for each in (before, after)
        ]
        old, new = (
            value and _without_file_urls(value) for value in (before.get(key), after.get(key))
        )
        lines = (_change(*did) if did[0] != did[1] else []) + _lines(old, new)
        if lines:
            yield Difference("memory", key, lines)


def _comparable(messages: list[Document]) -> list[Document]:
    """Messages without what differs by itself."""
    text = _without_file_urls(json.dumps(messages).encode())
    messages = json.loads(text)
    ids: dict[str, str] = {}
    for message in messages:
        body = message["message"] or {}
        if message["type"] == "log":
            body["id"] = ids.setdefault(str(body.get("id")), f"log {len(ids) + 1}")
            body["parent_id"] = ids.get(str(body.get("parent_id")))
            told = body.get("metadata") or {}
            body["metadata"] = {k: v for k, v in told.items() if k not in _TIMES_OF_LOGS}
    return messages


def _without_file_urls(data: bytes) -> bytes:
    return _FILE_URL.sub(b"http://.../-/files/", data)


def _lines(before: bytes | None, after: bytes | None) -> list[Line]:
    if before == after:
        return []
    return diff(before, after) or [Line("~", "the same JSON, written in another way")]


def _change(before: object, after: object) -> list[Line]:
    return [Line("~", f"{before} -> {after}")]


def _as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
