"""How a secret can be spelled: as it is, or as it looks in JSON, in a URL, in HTML, in a traceback.

A spelling is named by the encodings that lead to it, so that it can be made again: ``:json:url`` is
JSON in a URL.
"""

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

SHORTEST = 4
"""Characters. Replacing shorter secrets would replace half of every text."""
_SHORTEST_LINE = 16
"""Characters of a line of a longer secret, such as a private key: lines are logged one by one."""

_ENCODINGS: dict[str, Callable[[str], str]] = {
    "json": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "ascii": lambda text: json.dumps(text)[1:-1],
    "repr": lambda text: repr(text)[1:-1],
    "bytes": lambda text: repr(as_bytes(text))[2:-1],
    "html": html.escape,
    "url": lambda text: quote(as_bytes(text), safe=""),
    "path": lambda text: quote(as_bytes(text)),
    "component": lambda text: quote(as_bytes(text), safe="!*'()"),
    "form": lambda text: quote_plus(as_bytes(text)),
    "lower": lambda text: re.sub("%[0-9A-F]{2}", lambda escape: escape[0].lower(), text),
}
_TEXT = ":text"
"""A number's: it is not the same as its text."""
_ONE_IN_ANOTHER = 2
"""How deep: JSON in a URL, or JSON in JSON."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """One of the spellings of the secret of a name."""

    text: str
    name: str
    how: str
    """The encodings that lead to it, each after a colon."""

    @property
    def placeholder(self) -> str:
        return f"${{{self.name}{self.how}}}"

    @property
    def is_plain(self) -> bool:
        return self.how in ("", _TEXT)

    def in_base64(self) -> Iterator[str]:
        """What stands in base64 for this, whatever stands around it."""
        data = as_bytes(self.text)
        for before in range(3):
            text = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
            first, last = -(-before * 8 // 6), (before + len(data)) * 8 // 6
            yield text[first:last]


def spellings_of(name: str, value: Any) -> Iterator[Spelling]:
    """The spellings of a text or a number; of anything else, and of what is too short, none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return
    text = str(value)
    if len(text) < SHORTEST:
        return
    found = {text: "" if isinstance(value, str) else _TEXT}
    for number, line in enumerate(text.splitlines()):
        if len(line.strip()) >= _SHORTEST_LINE:
            found.setdefault(line, f":line{number}")
    for _ in range(_ONE_IN_ANOTHER):
        for known, how in list(found.items()):
            for encoding, encode in _ENCODINGS.items():
                found.setdefault(encode(known), f"{how}:{encoding}")
    for spelled, how in found.items():
        yield Spelling(spelled, name, how)


def spell(value: Any, how: str) -> str:
    """A value as the encodings make it."""
    text = str(value)
    for encoding in how.split(":")[1:]:
        if encoding in _ENCODINGS:
            text = _ENCODINGS[encoding](text)
        elif encoding != "text":
            number = int(encoding.removeprefix("line"))
            text = "".join(text.splitlines()[number : number + 1])
    return text


def as_bytes(text: str) -> bytes:
    """UTF-8, also of what is not quite text."""
    return text.encode("utf-8", "surrogatepass")
