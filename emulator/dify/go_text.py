"""Values and errors in the words of Go's standard library, which the daemon passes on."""

import binascii
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

_NOT_HEX = re.compile(rb"[^0-9a-fA-F]")


def unhex(text: str) -> bytes:
    """encoding/hex's DecodeString. Raises ValueError with its words."""
    try:
        return binascii.unhexlify(text)
    except ValueError:
        pass  # Go's words for it need the first byte that is wrong
    if stray := _NOT_HEX.search(text.encode()):
        byte = stray[0][0]
        shown = f" '{chr(byte)}'" if chr(byte).isprintable() else ""
        raise ValueError(f"encoding/hex: invalid byte: U+{byte:04X}{shown}")
    raise ValueError("encoding/hex: odd length hex string")


def json_kind(value: Any) -> str:
    """What encoding/json calls a value that it cannot store somewhere."""
    match value:
        case bool():
            return "bool"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def go_type(value: Any) -> str:
    """The type that a decoded JSON value has in Go."""
    match value:
        case bool():
            return "bool"
        case int() | float():
            return "float64"
        case str():
            return "string"
        case list():
            return "[]interface {}"
        case _:
            return "map[string]interface {}"


def as_v(value: Any) -> str:
    """A value as ``%v`` shows it."""
    return _shown(value, _plain)


def as_s(value: Any) -> str:
    """A value as ``%s`` shows it, which is for text only: numbers come as ``%!s(float64=5)``."""
    return _shown(value, lambda each: f"%!s({go_type(each)}={_plain(each)})")


def _shown(value: Any, not_text: Callable[[Any], str]) -> str:
    match value:
        case None:
            return "<nil>"
        case str():
            return value
        case list():
            return "[" + " ".join(_shown(each, not_text) for each in value) + "]"
        case dict():
            pairs = (f"{name}:{_shown(value[name], not_text)}" for name in sorted(value))
            return "map[" + " ".join(pairs) + "]"
        case _:
            return not_text(value)


def _plain(value: bool | float) -> str:
    return str(value).lower() if isinstance(value, bool) else _number(value)


def _number(value: float) -> str:
    """strconv's shortest 'g': an exponent below 1e-4 and from 1e6 up."""
    number = Decimal(repr(float(value))).normalize()
    exponent = number.adjusted() if number else 0
    if -4 <= exponent < 6:
        return f"{number:f}"
    digits = "".join(map(str, number.as_tuple().digits))
    mantissa = digits[0] + (f".{digits[1:]}" if digits[1:] else "")
    sign = "-" if number.is_signed() else ""
    return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
