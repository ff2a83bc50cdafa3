"""Shapes of mappings and lists."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import yaml

from emulator.check.declared.document import Entry, Node, entries, is_null, kind_of
from emulator.check.declared.scalars import FileName, OneOf, wrong_kind
from emulator.check.declared.shapes import GO, Also, Field, Level, Shape, Spot
from emulator.check.declared.unknown_fields import claim, missing, without_effect
from emulator.check.findings import By, Finding

Stranger = Callable[[Spot, Level, Entry], Finding | None]
"""What an unknown field is, where it may be something of which more can be said."""


def _no_stranger(spot: Spot, level: Level, entry: Entry) -> Finding | None:
    return None


class Map(NamedTuple):
    """A mapping with known fields."""

    fields: Mapping[str, Field]
    also: tuple[Also, ...] = ()
    """Rules over several of its fields."""
    aliases: Mapping[str, str] = MappingProxyType({})
    """Other names that the SDK takes for some of its fields, and Go does not."""
    stranger: Stranger = _no_stranger
    go_skips: bool = False
    """Whether Go skips what is no mapping."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        if not isinstance(node, yaml.MappingNode):
            by = spot.refused(by_go=not self.go_skips, by_sdk=True)
            yield wrong_kind(spot, node, "a mapping", by)
            return
        present = {each.name: each for each in entries(node)}
        level = Level(self.fields, node, spot.path, spot.parent, present)
        claimed = claim(level)
        for name, each in present.items():
            if known := self.fields.get(name):
                yield from _value(spot.under(name, known.readers, level), known, each)
        needed = list(missing(spot, level, self.aliases))
        yield from needed
        told = {each.place for each in needed}
        for each in level.unknown:
            if each not in claimed and spot.document.place(each.key) not in told:
                found = self.stranger(spot, level, each)
                yield found or without_effect(spot, level, each, self.aliases)
        for rule in self.also:
            yield from rule(spot, node)


def _value(spot: Spot, field: Field, entry: Entry) -> Iterator[Finding]:
    if not is_null(entry.value):
        sdk_skips = field.or_empty and _is_empty(entry.value)
        yield from field.shape.check(spot.read_by(GO) if sdk_skips else spot, entry.value)
    elif not (field.nullable or field.or_empty or field.needed):
        yield wrong_kind(
            spot,
            entry.value,
            "a value",
            spot.refused(by_go=False, by_sdk=True),
            "Give it a value, or leave it out.",
        )


def _is_empty(node: Node) -> bool:
    """Whether Python takes it for false."""
    if isinstance(node, yaml.ScalarNode) and kind_of(node) == "boolean":
        return node.value.lower() in ("false", "no", "off")
    return node.value in ("", [], "0", "0.0")


class ListOf(NamedTuple):
    """A list of one shape."""

    shape: Shape
    most: int | None = None
    bounded_by: By = ()
    go_skips: bool = False
    """Whether Go skips what is no list."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        if not isinstance(node, yaml.SequenceNode):
            by = spot.refused(by_go=not self.go_skips, by_sdk=True)
            yield wrong_kind(spot, node, "a list", by)
            return
        if self.most is not None and len(node.value) > self.most:
            message = f"`{spot.path}` has {len(node.value)} items; {self.most} are allowed"
            yield spot.finding("DE613", node, message, "Shorten it.", self.bounded_by)
        for number, item in enumerate(node.value):
            if is_null(item) and not isinstance(self.shape, FileName):
                yield wrong_kind(spot.item(number), item, "a value", spot.refused(False, True))
            else:
                yield from self.shape.check(spot.item(number), item)


class Named(NamedTuple):
    """A mapping of names, whatever they are, to mappings."""

    shape: Shape
    go_skips: bool = False
    """Whether Go skips what is no mapping."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        if not isinstance(node, yaml.MappingNode):
            yield wrong_kind(spot, node, "a mapping", spot.refused(by_go=True, by_sdk=True))
            return
        for entry in entries(node):
            inner = Spot(spot.document, f"{spot.path}.{entry.name}", spot.readers, spot.parent)
            if not isinstance(entry.value, yaml.MappingNode):
                by = spot.refused(by_go=not self.go_skips, by_sdk=True)
                yield wrong_kind(inner, entry.value, "a mapping", by)
                continue
            yield from _text_key(inner, entry)
            yield from self.shape.check(inner, entry.value)


class ListOrNamed(NamedTuple):
    """A list, or a mapping of names to the same. Go takes either, and the SDK not always."""

    listed: ListOf
    named: Named
    sdk_lists: bool = True
    sdk_mappings: bool = True

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        wanted = "a list" if self.sdk_lists else "a mapping"
        if isinstance(node, yaml.ScalarNode):
            yield wrong_kind(spot, node, wanted, spot.refused(by_go=True, by_sdk=True))
            return
        is_map = isinstance(node, yaml.MappingNode)
        if not (self.sdk_mappings if is_map else self.sdk_lists):
            yield wrong_kind(spot, node, wanted, spot.refused(by_go=False, by_sdk=True))
            spot = spot.read_by(GO)
        yield from (self.named if is_map else self.listed).check(spot, node)


class FreeMap(NamedTuple):
    """A mapping of text to anything."""

    keys: OneOf | None = None

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        if not isinstance(node, yaml.MappingNode):
            yield wrong_kind(spot, node, "a mapping", spot.refused(by_go=True, by_sdk=True))
            return
        for entry in entries(node):
            yield from _text_key(spot, entry)
            if self.keys and (found := self.keys.finding(spot, entry.key)):
                yield found


def _text_key(spot: Spot, entry: Entry) -> Iterator[Finding]:
    if kind_of(entry.key) != "text" and (by := spot.refused(by_go=False, by_sdk=True)):
        message = f"the key `{entry.name}` should be text, and is a {kind_of(entry.key)}"
        yield spot.finding("DE604", entry.key, message, f'Write "{entry.name}" in quotes.', by)
