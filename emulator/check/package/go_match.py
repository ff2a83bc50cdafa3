"""Go's `filepath.Match` as regular expressions: it is not the `fnmatch` of Python."""

import re

_NEVER = "(?!)"


class BadPattern(ValueError):
    """Go's ErrBadPattern: matches nothing, whatever else stands in it."""


def to_regex(pattern: str) -> str:
    """A regular expression for a whole name, which holds no slash. Raises BadPattern."""
    parts = []
    at = 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "*":
            part, at = ".*", at + 1
        elif letter == "?":
            part, at = ".", at + 1
        elif letter == "[":
            part, at = _class(pattern, at + 1)
        else:
            letter, at = _escaped(pattern, at)
            part = re.escape(letter)
        parts.append(part)
    return "".join(parts)


def _class(pattern: str, at: int) -> tuple[str, int]:
    """What stands between brackets. Only `^` negates, and `]` and `-` have to be escaped."""
    negated = pattern[at : at + 1] == "^"
    at += negated
    ranges: list[str] = []
    first = True
    while first or pattern[at : at + 1] != "]":
        low, at = _bound(pattern, at)
        high = low
        if pattern[at : at + 1] == "-":
            high, at = _bound(pattern, at + 1)
        if low <= high:
            ranges.append(f"{re.escape(low)}-{re.escape(high)}")
        first = False
    inside = "".join(ranges)
    if negated:
        return (f"[^{inside}]" if inside else "."), at + 1
    return (f"[{inside}]" if inside else _NEVER), at + 1


def _bound(pattern: str, at: int) -> tuple[str, int]:
    if at >= len(pattern) or pattern[at] in "-]":
        raise BadPattern(pattern)
    letter, at = _escaped(pattern, at)
    if at >= len(pattern):
        raise BadPattern(pattern)
    return letter, at


def _escaped(pattern: str, at: int) -> tuple[str, int]:
    at += pattern[at] == "\\"
    if at >= len(pattern):
        raise BadPattern(pattern)
    return pattern[at], at + 1
