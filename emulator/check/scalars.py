"""Shapes of single values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from emulator.check.document import Node, kind_of
from emulator.check.findings import By, Finding, joined
from emulator.check.names import did_you_mean
from emulator.check.shapes import Shape, Spot


@dataclass(frozen=True, slots=True)
class Anything(Shape):
    """Nobody looks into it before it is used."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        yield from ()


@dataclass(frozen=True, slots=True)
class OneOf:
    """A closed set of words."""

    words: tuple[str, ...]
    by: By

    def finding(self, spot: Spot, node: yaml.ScalarNode) -> Finding | None:
        if node.value in self.words:
            return None
        advice = did_you_mean(node.value, self.words) or f"Write one of {', '.join(self.words)}."
        message = f"`{spot.path}` is {node.value!r}, which is not one of the allowed values"
        return spot.finding("DE611", node, message, advice, self.by)


@dataclass(frozen=True, slots=True)
class Matches:
    """A regular expression for the whole text; as in Go, for ASCII letters and digits."""

    pattern: str
    by: By
    advice: str

    def finding(self, spot: Spot, node: yaml.ScalarNode) -> Finding | None:
        if re.fullmatch(self.pattern, node.value, re.ASCII):
            return None
        message = f"`{spot.path}` is {node.value!r}, and has to match {self.pattern}"
        return spot.finding("DE612", node, message, self.advice, self.by)


@dataclass(frozen=True, slots=True)
class AtMost:
    """A greatest length, in characters: validator's `max` and `lt` count runes."""

    length: int
    by: By

    def finding(self, spot: Spot, node: yaml.ScalarNode) -> Finding | None:
        if len(node.value) <= self.length:
            return None
        message = f"`{spot.path}` has {len(node.value)} characters; {self.length} are allowed"
        return spot.finding("DE613", node, message, "Shorten it.", self.by)


TextRule = OneOf | Matches | AtMost


@dataclass(frozen=True, slots=True)
class Text(Shape):
    """Text, with rules that hold for it."""

    rules: tuple[TextRule, ...] = ()
    filled_by: By = ()
    """Who refuses empty text: for validator's `required` it is as if nothing were there."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        kind = kind_of(node)
        if not isinstance(node, yaml.ScalarNode):
            yield wrong_kind(spot, node, "text", spot.refused(by_go=True, by_sdk=True))
            return
        if kind != "text" and (by := spot.refused(by_go=False, by_sdk=True)):
            yield wrong_kind(spot, node, "text", by, f'Put it in quotes: "{node.value}".')
            return
        if node.value == "" and self.filled_by:
            message = f"`{spot.path}` is empty"
            yield spot.finding("DE605", node, message, "Write something there.", self.filled_by)
            return
        yield from _broken(self.rules, spot, node)


def _broken(rules: tuple[TextRule, ...], spot: Spot, node: yaml.ScalarNode) -> Iterator[Finding]:
    """One finding a code: two sets of words, the daemon's and the SDK's, are one thing to mend."""
    found: dict[str, Finding] = {}
    for rule in rules:
        if (each := rule.finding(spot, node)) is None:
            continue
        before = found.get(each.code)
        by = joined(before.by, each.by) if before else each.by
        found[each.code] = Finding(each.place, each.code, each.message, each.advice, by)
    yield from found.values()


@dataclass(frozen=True, slots=True)
class Flag(Shape):
    """true or false."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        kind = kind_of(node)
        if kind == "boolean":
            return
        value = node.value if isinstance(node, yaml.ScalarNode) else None
        # pydantic reads some words and 0 and 1; yaml.v3 takes y, yes, on and their like as words
        sdk_takes = (kind == "text" and str(value).lower() in _PYDANTIC) or value in ("0", "1")
        go_takes = kind == "text" and str(value) in _GO
        if by := spot.refused(by_go=not go_takes, by_sdk=not sdk_takes):
            yield wrong_kind(spot, node, "true or false", by, "Write true or false, unquoted.")


_PYDANTIC = ("true", "false", "yes", "no", "on", "off", "t", "f", "y", "n", "1", "0")
_GO = (
    "y", "Y", "yes", "Yes", "YES", "on", "On", "ON",
    "n", "N", "no", "No", "NO", "off", "Off", "OFF",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Number(Shape):
    """A number; a ``whole`` one if it counts something. Bounds are inclusive."""

    whole: bool = False
    least: int | None = None
    most: int | None = None
    bounded_by: By = ()
    unit: str = ""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        kind = kind_of(node)
        wanted = "a whole number" if self.whole else "a number"
        if kind not in ("whole number", "number"):
            value = node.value if isinstance(node, yaml.ScalarNode) else ""
            sdk_takes = kind == "text" and bool(re.fullmatch(r"\s*[+-]?\d+(\.0*)?\s*", value))
            if by := spot.refused(by_go=True, by_sdk=not sdk_takes):
                yield wrong_kind(spot, node, wanted, by, f"Write {wanted}, unquoted.")
            return
        number = number_of(node)
        if number is None:
            return
        if self.whole and number != int(number):
            if by := spot.refused(by_go=False, by_sdk=True):
                yield wrong_kind(spot, node, wanted, by)
        elif self.least is not None and number < self.least:
            yield self._outside(spot, node, f"at least {self.least}{self.unit}")
        elif self.most is not None and number > self.most:
            yield self._outside(spot, node, f"at most {self.most}{self.unit}")

    def _outside(self, spot: Spot, node: Node, bound: str) -> Finding:
        message = f"`{spot.path}` is {node.value}; it has to be {bound}"
        return spot.finding("DE613", node, message, f"Write {bound}.", self.bounded_by)


def number_of(node: Node | None) -> float | None:
    """The number that is written there; None if it is none, or more than Python reads."""
    if not isinstance(node, yaml.ScalarNode) or kind_of(node) not in ("whole number", "number"):
        return None
    text = node.value.replace("_", "")
    try:
        number = float(int(text, 0)) if kind_of(node) == "whole number" else float(text)
    except (ValueError, OverflowError):
        return None
    return number if number - number == 0 else None  # .inf and .nan have no size


def wrong_kind(spot: Spot, node: Node, wanted: str, by: By, advice: str = "") -> Finding:
    """The finding for a value of another kind than is wanted."""
    message = f"`{spot.path}` should be {wanted}, and is {_article(kind_of(node))}"
    return spot.finding("DE604", node, message, advice or f"Write {wanted} here.", by)


def _article(kind: str) -> str:
    return kind if kind in ("text", "null") else f"a {kind}"
