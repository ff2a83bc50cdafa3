"""The words of ``run`` and ``request``: name=value, name:=json, name@file, and headers."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from emulator.dify.calls import GivenFile
from emulator.errors import UsageError

_PAIR = re.compile(r"^([^=:]+)(:=|=)(.*)$", re.DOTALL)
_ITEM = re.compile(r"^([^=:@]+)(:=|=|@)(.*)$", re.DOTALL)


def read_parameters(items: Iterable[str]) -> dict[str, Any]:
    """Parameters out of words. Files named twice become a list. Raises UsageError."""
    parameters: dict[str, Any] = {}
    for item in items:
        found = _ITEM.match(item)
        if not found:
            raise UsageError(
                f"{item!r} is not a parameter.", advice="Write name=value, name:=json or name@file."
            )
        name, how, text = found.groups()
        if how == "@":
            given: Any = GivenFile(_existing_file(text, item))
            if name in parameters:
                before = parameters[name]
                given = [*before, given] if isinstance(before, list) else [before, given]
        elif name in parameters:
            raise UsageError(f"The parameter {name!r} is given twice.")
        else:
            given = _json(text, item) if how == ":=" else text
        parameters[name] = given
    return parameters


def read_pairs(pairs: Iterable[str], option: str) -> dict[str, Any]:
    """``name=value`` and ``name:=json`` of a repeatable option. Raises UsageError."""
    values: dict[str, Any] = {}
    for pair in pairs:
        found = _PAIR.match(pair)
        if not found:
            raise UsageError(f"{option} {pair!r}: write it as name=value or name:=json.")
        name, how, text = found.groups()
        values[name] = _json(text, pair) if how == ":=" else text
    return values


def read_headers(lines: Iterable[str]) -> list[tuple[str, str]]:
    """``Name: value`` of -H. Raises UsageError."""
    headers = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not re.fullmatch(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", name):
            raise UsageError(f"-H {line!r}: write it as 'Name: value'.")
        if "\n" in value or "\r" in value:
            raise UsageError(f"-H {line!r}: a header is one line.")
        headers.append((name, value.strip()))
    return headers


def read_text_or_file(word: str, option: str) -> bytes:
    """Text as it is, or the bytes of the file in ``@file``. Raises UsageError."""
    if word.startswith("@"):
        file = _existing_file(word[1:], f"{option} {word}")
        try:
            return file.read_bytes()
        except OSError as error:
            raise UsageError(f"{option} {word}: {error.strerror}.") from None
    return word.encode("utf-8", "surrogateescape")


def check_key(key: str) -> str:
    """Refuse an empty key, as Dify does: to its storage it would mean everything."""
    if not key:
        raise UsageError("A key must not be empty.")
    return key


def check_text(words: Iterable[str]) -> None:
    """Refuse words that are not UTF-8: names, keys and options are text."""
    for word in words:
        if not word.isascii() and any("\udc80" <= char <= "\udcff" for char in word):
            raise UsageError(
                f"{word!r} is not UTF-8 text.", advice="Bytes can be given as @FILE or on stdin."
            )


def _existing_file(name: str, word: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise UsageError(f"{word}: there is no file {name!r}.")
    return path.absolute()


def _json(text: str, item: str) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    try:
        value = json.loads(text, parse_constant=refuse)
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{item!r}: what follows := is not JSON: {error}.",
            advice="Text needs quotes in JSON; name=value takes it without.",
        ) from None
    return value
