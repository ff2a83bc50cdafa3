"""Secrets of which some characters are escaped and others not: no two libraries agree on which."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from emulator.dify.spellings import Spelling, as_bytes

_NEVER_ESCAPED = re.compile(r"[\w.~-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class MixedSpelling:
    """Any of them, of the secret of a name."""

    name: str
    pattern: re.Pattern[str]

    def spelled(self, found: str) -> Spelling:
        """One that was found, under the name of the spelling that is most like it."""
        how = "url" if "%" in found else "ascii" if "\\" in found else "html"
        return Spelling(found, self.name, f":{how}")


def mixed_spelling_of(secret: Spelling) -> MixedSpelling | None:
    """None if nobody escapes anything in it, or it is escaped already."""
    if not secret.is_plain or _NEVER_ESCAPED.fullmatch(secret.text):
        return None
    pattern = "".join(f"(?:{'|'.join(_escapes(each))})" for each in secret.text)
    return MixedSpelling(secret.name, re.compile(pattern))


def _escapes(character: str) -> Iterator[str]:
    yield re.escape(character)
    if _NEVER_ESCAPED.fullmatch(character):
        return
    octets = [f"{byte:02x}" for byte in as_bytes(character)]
    utf16 = character.encode("utf-16-be", "surrogatepass")
    units = [utf16[start : start + 2].hex() for start in range(0, len(utf16), 2)]
    for escape, numbers in (("%", octets), (r"\\x", octets), (r"\\u", units)):
        yield f"(?i:{''.join(f'{escape}{number}' for number in numbers)})"
    for escaped in (json.dumps(character)[1:-1], html.escape(character)):
        yield re.escape(escaped)
    yield from {"/": [r"\\/"], " ": [r"\+"]}.get(character, [])
