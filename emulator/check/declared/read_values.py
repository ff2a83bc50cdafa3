"""Every value of a declaration, with the shape that reads it and who does."""

from collections.abc import Iterator
from typing import NamedTuple

import yaml

from emulator.check.declared.declarations import Declarations
from emulator.check.declared.document import Document, Node, is_merge, merged
from emulator.check.declared.kinds.manifest import MANIFEST
from emulator.check.declared.mappings import FreeMap, ListOf, ListOrNamed, Map, Named
from emulator.check.declared.scalars import Anything, Default
from emulator.check.declared.shapes import BOTH, GO, Readers, Shape

_FREE = (FreeMap, Anything, Default)
_WITHIN = Anything()
"""For what is inside of values of any kind."""


class ReadValue(NamedTuple):
    """A value that somebody reads."""

    document: Document
    path: str
    """As shown: `identity.label`, `parameters[2].name`."""
    node: Node
    shape: Shape
    """What it has to be."""
    readers: Readers


def documents(declarations: Declarations) -> Iterator[ReadValue]:
    """The roots of all that can be read."""
    if declarations.manifest is not None:
        yield ReadValue(declarations.manifest, "", declarations.manifest.root, MANIFEST, BOTH)
    for each in declarations.declared:
        yield ReadValue(each.document, "", each.document.root, each.kind.shape, each.readers)


def read_values(declarations: Declarations) -> Iterator[ReadValue]:
    """Each value of each declaration, and no fields that nobody reads."""
    for root in documents(declarations):
        met: set[tuple[int, int, Readers]] = set()
        stack = [root]
        while stack:
            value = stack.pop()
            key = (id(value.node), id(value.shape), value.readers)
            if key not in met:
                met.add(key)
                yield value
                stack += reversed(list(_inner(value)))


def is_free(value: ReadValue) -> bool:
    """Whether it may be of any kind, and Go builds it whole, with all that is in it."""
    return isinstance(value.shape, _FREE) and value.shape is not _WITHIN and GO in value.readers


def _inner(value: ReadValue) -> Iterator[ReadValue]:
    if isinstance(value.node, yaml.SequenceNode):
        if (shape := _item(value.shape)) is not None:
            for number, item in enumerate(value.node.value):
                path = f"{value.path}[{number}]"
                yield ReadValue(value.document, path, item, shape, value.readers)
    elif isinstance(value.node, yaml.MappingNode):
        for key, item in value.node.value:
            if is_merge(key):
                for each in merged(item):
                    yield ReadValue(value.document, value.path, each, value.shape, value.readers)
            elif isinstance(key, yaml.ScalarNode):
                yield from _field(value, str(key.value), item)


def _field(value: ReadValue, name: str, node: Node) -> Iterator[ReadValue]:
    path = f"{value.path}.{name}" if value.path else name
    if isinstance(value.shape, Map):
        if field := value.shape.fields.get(name):
            readers = value.readers & field.readers
            yield ReadValue(value.document, path, node, field.shape, readers)
        return
    named = value.shape.named if isinstance(value.shape, ListOrNamed) else value.shape
    if isinstance(named, Named):
        yield ReadValue(value.document, path, node, named.shape, value.readers)
    elif isinstance(named, _FREE):
        yield ReadValue(value.document, path, node, _WITHIN, value.readers)


def _item(shape: Shape) -> Shape | None:
    if isinstance(shape, ListOrNamed):
        return shape.listed.shape
    if isinstance(shape, ListOf):
        return shape.shape
    return _WITHIN if isinstance(shape, _FREE) else None
