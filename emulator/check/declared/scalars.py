"""Shapes of single values."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from emulator.check.declared.document import Node, kind_of
from emulator.check.declared.shapes import GO, Spot
from emulator.check.findings import By, Finding, joined
from emulator.check.names import did_you_mean


class Anything:
    """Nobody looks into it before it is used."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        yield from ()


class OneOf(NamedTuple):
    """A closed set of words."""

    words: tuple[str, ...]
    by: By

    def finding(self, spot: Spot, node: yaml.ScalarNode) -> Finding | None:
        if node.value in self.words:
            return None
        advice = (
            did_you_mean(node.value, self.words)
            or f"Write one of {', '.join(filter(None, self.words))}."
        )
        message = f"`{spot.path}` is {node.value!r}, which is not one of the allowed values"
        return spot.finding("DE611", node, message, advice, self.by)


class Matches(NamedTuple):
    """A regular expression for the whole text; as in Go, for ASCII letters and digits."""

    pattern: str
    by: By
    advice: str

    def finding(self, spot: Spot, node: yaml.ScalarNode) -> Finding | None:
        if re.fullmatch(self.pattern, node.value, re.ASCII):
            return None
        message = f"`{spot.path}` is {node.value!r}, and has to match {self.pattern}"
        return spot.finding("DE612", node, message, self.advice, self.by)


class AtMost(NamedTuple):
    """A greatest length, in characters: validator's `max` and `lt` count runes."""

    length: int
    by: By

    def finding(self, spot: Spot, node: yaml.ScalarNode) -> Finding | None:
        if len(node.value) <= self.length:
            return None
        message = f"`{spot.path}` has {len(node.value)} characters; {self.length} are allowed"
        return spot.finding("DE613", node, message, "Shorten it.", self.by)


TextRule = OneOf | Matches | AtMost


class Text(NamedTuple):
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
            spot = spot.read_by(GO)
        if str(node.tag).endswith(":binary"):
            return  # what it says is encoded
        if node.value == "" and (by := spot.minded(self.filled_by)):
            yield empty(spot, node, by)
            return
        yield from _broken(self.rules, spot, node)


def _broken(rules: tuple[TextRule, ...], spot: Spot, node: yaml.ScalarNode) -> Iterator[Finding]:
    """One finding a code: two sets of words, the daemon's and the SDK's, are one thing to mend."""
    found: dict[str, Finding] = {}
    for rule in rules:
        if (each := rule.finding(spot, node)) is None or not (by := spot.minded(each.by)):
            continue
        if before := found.get(each.code):
            by = joined(before.by, by)
        found[each.code] = Finding(each.place, each.code, each.message, each.advice, by)
    yield from found.values()


class Flag:
    """true or false."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        kind = kind_of(node)
        if kind == "boolean":
            return
        value = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
        # pydantic reads some words and 0 and 1; yaml.v3 takes y, yes, on and their like as words
        number = kind in ("whole number", "number") and re.fullmatch(r"\+?0*[01](\.0*)?", value)
        sdk_takes = (kind == "text" and value.lower() in _PYDANTIC) or bool(number)
        go_takes = kind == "text" and value in _GO
        if by := spot.refused(by_go=not go_takes, by_sdk=not sdk_takes):
            yield wrong_kind(spot, node, "true or false", by, "Write true or false, unquoted.")


_PYDANTIC = ("true", "false", "yes", "no", "on", "off", "t", "f", "y", "n", "1", "0")
_GO = (
    "y", "Y", "yes", "Yes", "YES", "on", "On", "ON",
    "n", "N", "no", "No", "NO", "off", "Off", "OFF",
)  # fmt: skip


class Time:
    """A point in time, as `2024-07-12T08:03:44Z`."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        kind = kind_of(node)
        if kind == "time":
            return
        # pydantic takes seconds since 1970, and words that Go takes without quotes only
        value = str(node.value) if kind == "text" else ""
        go_takes = bool((_GO_PLAIN if _is_plain(node) else _RFC_3339).fullmatch(value))
        sdk_takes = kind in ("whole number", "number") or bool(_PYDANTIC_TIME.fullmatch(value))
        if by := spot.refused(by_go=not go_takes, by_sdk=not sdk_takes):
            yield wrong_kind(spot, node, "a time", by, "Write it as 2024-07-12T08:03:44Z.")


_GO_PLAIN = re.compile(r"\d{4}-\d\d?-\d\d?(T\d\d?:\d\d:\d\d,\d+(Z|[+-]\d\d:\d\d))?")
"""Those that are text for PyYAML; a comma before the fraction is one for Go."""
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)")
_PYDANTIC_TIME = re.compile(
    r"\d{4}-\d\d-\d\d([ Tt_]\d\d:\d\d(:\d\d([.,]\d+)?)?\s*([Zz]|[+-]\d\d:?\d\d)?)?"
    r"|[+-]?\d+(\.\d+)?"
)


class Default(NamedTuple):
    """A default value: text, a number or a boolean."""

    lists: bool = False
    mappings: bool = False
    """What the SDK takes besides."""
    plain_for: By = ()
    """Who refuses lists and mappings (is_basic_type in D basic_type.go)."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        kind = kind_of(node)
        sdk_takes = {"list": self.lists, "mapping": self.mappings, "time": False}.get(kind, True)
        plain = () if sdk_takes and kind not in ("list", "mapping") else self.plain_for
        if by := joined(spot.refused(by_go=False, by_sdk=not sdk_takes), spot.minded(plain)):
            advice = f'Put it in quotes: "{node.value}".' if kind == "time" else ""
            yield wrong_kind(spot, node, "text, a number or a boolean", by, advice)


class Written(NamedTuple):
    """Anything: the SDK makes text of it. Go takes what is on one line, as it is written."""

    filled_by: By = ()
    """Who refuses empty text."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        if not isinstance(node, yaml.ScalarNode):
            if by := spot.refused(by_go=True, by_sdk=False):
                yield wrong_kind(spot, node, "text", by)
        elif node.value == "" and (by := spot.minded(self.filled_by)):
            yield empty(spot, node, by)


class FileName(NamedTuple):
    """The name of a further declaration."""

    inline: bool = False
    """Whether the declaration itself may stand here."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        if self.inline and isinstance(node, yaml.MappingNode):
            return  # a declaration of its own
        kind = kind_of(node)
        # Go takes anything on one line for a name, and finds no such file
        if kind != "text" and (by := spot.refused(by_go=kind == "null", by_sdk=True)):
            yield wrong_kind(spot, node, "the name of a file", by)


def _is_plain(node: Node) -> bool:
    """Whether it stands without quotes."""
    return isinstance(node, yaml.ScalarNode) and not node.style


def empty(spot: Spot, node: Node, by: By) -> Finding:
    """The finding for text that is empty where some is needed."""
    return spot.finding("DE605", node, f"`{spot.path}` is empty", "Write something there.", by)


def wrong_kind(spot: Spot, node: Node, wanted: str, by: By, advice: str = "") -> Finding:
    """The finding for a value of another kind than is wanted."""
    message = f"`{spot.path}` should be {wanted}, and is {_article(kind_of(node))}"
    return spot.finding("DE604", node, message, advice or f"Write {wanted} here.", by)


def _article(kind: str) -> str:
    return kind if kind in ("text", "null") else f"a {kind}"
