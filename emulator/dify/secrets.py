"""Credentials and secret settings: given to the plugin, never written down.

In the place of a secret stands its name: ``${token}``, or ``${oauth.key}`` for what stands within a
secret. With it stands how it was spelled, if not as it is: ``${token:url}``. Base64 that holds one
is ``${:...}``, with base64 of the same where its name stands.
"""

import base64
import binascii
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from emulator.dify.spelling_finder import SpellingFinder
from emulator.dify.spellings import Spelling, spell, spellings_of

_BASE64 = re.compile(r"[A-Za-z0-9+/]{6,}={0,2}")

_BYTES_IN_JSON = ("base64", "bytes")
"""A mapping of one of these to a text in base64."""
_LONG_TEXT = 4096
"""Characters of base64 in which a short secret can turn up by chance."""


class Secrets:
    """Values that must not appear in the state file, in logs or in a document."""

    def __init__(self, *given: Mapping[str, Any]) -> None:
        pairs = (pair for values in given for pair in named(values).items())
        self._spellings = [spelling for pair in pairs for spelling in spellings_of(*pair)]
        self._finder = SpellingFinder(self._spellings)
        self._in_base64 = {piece for each in self._spellings for piece in each.in_base64()}

    def mask(self, value: Any) -> Any:
        """The value with every secret in it replaced by its name, also in bytes."""
        return _Masking(self, "${").on(value) if self._spellings else value

    def mask_to_fill(self, value: Any) -> tuple[Any, list[str]]:
        """The value so masked that :func:`fill` gives it back, and the names in it."""
        masking = _Masking(self, "${:}")
        return masking.on(value), sorted(masking.names)

    def cut(self, text: str) -> Iterator[str | Spelling]:
        """The secrets in a text, and what stands before, between and after them."""
        return self._finder.cut(text)

    def name_of(self, number: float) -> str | None:
        """Of a number that is a secret."""
        text = str(number)
        return next((each.name for each in self._spellings if each.text == text), None)

    def may_be_in_base64(self, text: str) -> bool:
        return any(piece in text for piece in self._in_base64)


def fill(value: Any, names: Collection[str], look_up: Callable[[str], Any]) -> Any:
    """What was masked to be filled, with the secrets of these names in their places."""
    return _Filling(names, look_up).on(value)


def named(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values and all that stands in them, each under its path: ``oauth.key``."""
    found: dict[str, Any] = {}

    def add(path: str, value: Any) -> None:
        found.setdefault(path, value)
        inner = enumerate(value) if isinstance(value, list) else ()
        for name, item in value.items() if isinstance(value, dict) else inner:
            add(f"{path}.{name}", item)

    for name, value in values.items():
        add(name, value)
    return found


class _Walk(ABC):
    """Goes through JSON and changes the texts and the bytes in it."""

    @abstractmethod
    def text(self, text: str) -> Any:
        """What comes in the place of a text."""

    def data(self, data: bytes) -> bytes:
        # What is not UTF-8 stays as it is.
        text = self.text(data.decode("utf-8", "surrogateescape"))
        return str(text).encode("utf-8", "surrogateescape")

    def on(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case bytes():
                return self.data(value)
            case dict():
                data = _bytes_in_json(value)
                if data is not None:
                    (kind,) = value
                    if (changed := self.data(data)) != data:
                        return {kind: base64.b64encode(changed).decode()}
                    if len(value[kind]) > _LONG_TEXT:
                        return value
                return {str(self.text(key)): self.on(item) for key, item in value.items()}
            case list():
                return [self.on(item) for item in value]
        return value


class _Masking(_Walk):
    def __init__(self, secrets: Secrets, begin: str) -> None:
        self._secrets = secrets
        self._begin = begin
        """What is written for a ``${`` that is not ours."""
        self.names: set[str] = set()

    def on(self, value: Any) -> Any:
        if type(value) in (int, float) and (name := self._secrets.name_of(value)):
            return self._placeholder(Spelling("", name, ""))
        return super().on(value)

    def text(self, text: str) -> str:
        return "".join(
            self._without_base64(each) if isinstance(each, str) else self._placeholder(each)
            for each in self._secrets.cut(text)
        )

    def _without_base64(self, text: str) -> str:
        pieces, end = [], 0
        for found in _BASE64.finditer(text) if self._secrets.may_be_in_base64(text) else ():
            data = _from_base64(found[0])
            if data is not None and (masked := self.data(data)) != data:
                pieces.append(text[end : found.start()].replace("${", self._begin))
                pieces.append(f"${{:{base64.b64encode(masked).decode()}}}")
                end = found.end()
        return "".join([*pieces, text[end:].replace("${", self._begin)])

    def _placeholder(self, spelling: Spelling) -> str:
        self.names.add(spelling.name)
        return spelling.placeholder


class _Filling(_Walk):
    def __init__(self, names: Collection[str], look_up: Callable[[str], Any]) -> None:
        any_name = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)"
        self._placeholder = re.compile(
            rf"\$\{{(?:(?P<name>{any_name})(?P<how>(?::\w+)*)|:(?P<base64>[A-Za-z0-9+/=]*))\}}"
        )
        self._look_up = look_up

    def text(self, text: str) -> Any:
        found = self._placeholder.fullmatch(text)
        if found and found["name"] is not None and not found["how"]:
            return self._look_up(found["name"])  # perhaps no text
        return self._placeholder.sub(self._what_stood_there, text)

    def _what_stood_there(self, found: re.Match[str]) -> str:
        if found["name"] is not None:
            return spell(self._look_up(found["name"]), found["how"])
        if not found["base64"]:
            return "${"
        return base64.b64encode(self.data(base64.b64decode(found["base64"]))).decode()


def _bytes_in_json(value: dict[str, Any]) -> bytes | None:
    if len(value) != 1:
        return None
    ((kind, text),) = value.items()
    return _from_base64(text) if kind in _BYTES_IN_JSON and isinstance(text, str) else None


def _from_base64(text: str) -> bytes | None:
    """The bytes; None if it is no base64 of just these."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None
