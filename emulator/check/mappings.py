"""Shapes of mappings and lists: missing fields, unknown ones, and those at the wrong level."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from emulator.check.document import Entry, Node, entries, is_null
from emulator.check.findings import AT_LOAD, By, Finding
from emulator.check.names import nearest
from emulator.check.scalars import wrong_kind
from emulator.check.shapes import Also, Field, Level, Readers, Shape, Spot


@dataclass(frozen=True, slots=True)
class Map(Shape):
    """A mapping with known fields."""

    fields: Mapping[str, Field]
    also: tuple[Also, ...] = ()
    """Rules over several of its fields."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        if not isinstance(node, yaml.MappingNode):
            yield wrong_kind(spot, node, "a mapping", spot.refused(by_go=True, by_sdk=True))
            return
        level = Level(self.fields, node, spot.path, spot.parent)
        present = {each.name: each for each in entries(node)}
        unknown = [each for name, each in present.items() if name not in self.fields]
        claimed = [each for each in unknown if _claim(level, each)]
        for name, each in present.items():
            if field := self.fields.get(name):
                yield from _value(spot.under(name, field.readers, level), field, each)
        yield from self._missing(spot, level, present, unknown)
        without_effect = [each for each in unknown if each not in claimed]
        yield from self._without_effect(spot, level, present, without_effect)
        for rule in self.also:
            yield from rule(spot, node)

    def _missing(
        self, spot: Spot, level: Level, present: Mapping[str, Entry], unknown: list[Entry]
    ) -> Iterator[Finding]:
        for name, field in self.fields.items():
            by = tuple(each for each in field.needed if _reads(spot, field, each))
            if not by or (name in present and not is_null(present[name].value)):
                continue
            path = f"{spot.path}.{name}" if spot.path else name
            key = next((each for each in unknown if nearest(each.name, self.fields) == name), None)
            if name in level.claimed:
                node = level.claimed[name]
                message = f"`{name}` stands at the wrong level: `{path}` is missing"
                yield spot.finding("DE607", node, message, _move(name, level.path), by)
            elif key is not None and name not in present:
                message = f"`{key.name}` is no field here, and `{path}` is missing"
                yield spot.finding("DE606", key.key, message, f"Write `{name}`.", by)
            else:
                message = f"`{path}` is missing"
                yield spot.finding("DE605", level.node, message, f"Add `{name}: ...`.", by)

    def _without_effect(
        self, spot: Spot, level: Level, present: Mapping[str, Entry], unknown: list[Entry]
    ) -> Iterator[Finding]:
        by = spot.refused(by_go=True, by_sdk=True)
        for each in unknown:
            path = f"{spot.path}.{each.name}" if spot.path else each.name
            near = nearest(each.name, self.fields)
            if near is not None and near not in present:
                if self.fields[near].needed:
                    continue  # told as missing
                message = f"`{path}` is no field, and has no effect"
                yield spot.finding("DE608", each.key, message, f"Did you mean `{near}`?", by)
            elif (home := _home(level, each.name)) is not None:
                message = f"`{path}` stands at the wrong level, and has no effect"
                yield spot.finding("DE609", each.key, message, _move(each.name, home), by)
            else:
                message = f"`{path}` is read by nobody"
                yield spot.finding("DE610", each.key, message, "Leave it out.", by)


def _reads(spot: Spot, field: Field, complaint: object) -> bool:
    wanted = Readers.SDK if complaint == AT_LOAD else Readers.GO
    return wanted in spot.readers & field.readers


def _value(spot: Spot, field: Field, entry: Entry) -> Iterator[Finding]:
    if not is_null(entry.value):
        yield from field.shape.check(spot, entry.value)
    elif not field.nullable and not field.needed and (by := spot.refused(False, by_sdk=True)):
        yield wrong_kind(spot, entry.value, "a value", by, "Give it a value, or leave it out.")


def _claim(level: Level, entry: Entry) -> bool:
    """Whether a level above needs this field, and has it not."""
    above = level.parent
    while above is not None:
        field = above.fields.get(entry.name)
        if field is not None and field.needed:
            if any(each.name == entry.name for each in entries(above.node)):
                return False
            above.claimed.setdefault(entry.name, entry.key)
            return True
        above = above.parent
    return False


def _home(level: Level, name: str) -> str | None:
    """The path of a mapping above or directly below that knows this field and has it not."""
    above = level.parent
    while above is not None:
        if name in above.fields and not _has(above.node, name):
            return above.path
        above = above.parent
    for entry in entries(level.node):
        shape = level.fields[entry.name].shape if entry.name in level.fields else None
        if isinstance(shape, Map) and name in shape.fields and not _has(entry.value, name):
            return f"{level.path}.{entry.name}" if level.path else entry.name
    return None


def _has(node: Node, name: str) -> bool:
    return any(each.name == name for each in entries(node))


def _move(name: str, path: str) -> str:
    return f"Move it under `{path}`." if path else f"Move `{name}` to the left margin."


@dataclass(frozen=True, slots=True)
class ListOf(Shape):
    """A list of one shape."""

    shape: Shape
    most: int | None = None
    bounded_by: By = ()

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        if not isinstance(node, yaml.SequenceNode):
            yield wrong_kind(spot, node, "a list", spot.refused(by_go=True, by_sdk=True))
            return
        if self.most is not None and len(node.value) > self.most:
            message = f"`{spot.path}` has {len(node.value)} items; {self.most} are allowed"
            yield spot.finding("DE613", node, message, "Shorten it.", self.bounded_by)
        for number, item in enumerate(node.value):
            if is_null(item):
                yield wrong_kind(spot.item(number), item, "a value", spot.refused(False, True))
            else:
                yield from self.shape.check(spot.item(number), item)


@dataclass(frozen=True, slots=True)
class Named(Shape):
    """A mapping of names, whatever they are, to one shape."""

    shape: Shape

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        if not isinstance(node, yaml.MappingNode):
            yield wrong_kind(spot, node, "a mapping", spot.refused(by_go=True, by_sdk=True))
            return
        for entry in entries(node):
            inner = Spot(spot.document, f"{spot.path}.{entry.name}", spot.readers, spot.parent)
            yield from self.shape.check(inner, entry.value)


@dataclass(frozen=True, slots=True)
class FreeMap(Shape):
    """A mapping of anything."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        if not isinstance(node, yaml.MappingNode):
            yield wrong_kind(spot, node, "a mapping", spot.refused(by_go=True, by_sdk=True))
