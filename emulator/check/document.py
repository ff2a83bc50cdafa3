"""A YAML file as a tree of nodes, each with its place. No values are built: cycles do no harm."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from emulator.check.findings import AT_LOAD, AT_PACKAGING, Finding, Place
from emulator.safe_yaml import compose

Node = yaml.Node
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping, with its value."""

    key: yaml.ScalarNode
    value: Node

    @property
    def name(self) -> str:
        return str(self.key.value)


@dataclass(frozen=True, slots=True)
class Document:
    """A file that holds a mapping."""

    name: str
    """Relative to the plugin's folder."""
    root: yaml.MappingNode

    def place(self, node: Node) -> Place:
        return Place(self.name, node.start_mark.line + 1, node.start_mark.column + 1)

    def find(self, *path: str) -> Node | None:
        """The value at a path of keys."""
        node: Node | None = self.root
        for step in path:
            node = child(node, step)
        return node

    def text(self, *path: str) -> str | None:
        """The text at a path; None if there is none, or something else."""
        node = self.find(*path)
        return str(node.value) if isinstance(node, yaml.ScalarNode) and not is_null(node) else None


class Unreadable(Exception):
    """A file that is not there or not a mapping in YAML; what is wrong with it."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


def read_document(folder: Path, name: str) -> Document:
    """Read one of a plugin's declarations. Raises Unreadable."""
    by = (AT_LOAD, AT_PACKAGING)

    def unreadable(message: str, advice: str, place: Place | None = None) -> Unreadable:
        return Unreadable(Finding(place or Place(name), "DE602", message, advice, by))

    try:
        text = (folder / name).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:  # not UTF-8; a NUL in the name
        raise unreadable(f"cannot be read as UTF-8 text: {error}", "Save it as UTF-8.") from None
    try:
        root = compose(text)[1]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(name, mark.line + 1, mark.column + 1) if mark else None
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise unreadable(f"is not YAML: {what}", "Mend the syntax here.", place) from None
    if not isinstance(root, yaml.MappingNode):
        kind = "empty" if root is None or is_null(root) else f"a {kind_of(root)}"
        raise unreadable(
            f"should hold a mapping of fields to values, and is {kind}",
            "Write `field: value` lines.",
        )
    return Document(name, root)


def entries(node: Node | None) -> Iterator[Entry]:
    """The fields of a mapping, those merged into it (`<<`) last; keys that are no text are not."""
    yield from _entries(node, set())


def _entries(node: Node | None, seen: set[int]) -> Iterator[Entry]:
    if not isinstance(node, yaml.MappingNode) or id(node) in seen:
        return
    seen.add(id(node))
    merged: list[Node] = []
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        if key.tag == _TAG + "merge":
            merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
        else:
            yield Entry(key, value)
    for each in merged:
        yield from _entries(each, seen)


def child(node: Node | None, name: str) -> Node | None:
    """The value of a mapping's field."""
    return next((each.value for each in entries(node) if each.name == name), None)


def items(node: Node | None) -> list[Node]:
    """The items of a list; none if it is something else."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def kind_of(node: Node) -> str:
    """What a value is, in words: as PyYAML, and so the SDK, reads it."""
    if isinstance(node, yaml.MappingNode):
        return "mapping"
    if isinstance(node, yaml.SequenceNode):
        return "list"
    tag = str(node.tag).removeprefix(_TAG)
    return _SCALARS.get(tag, "text")


_SCALARS = {
    "null": "null",
    "bool": "boolean",
    "int": "whole number",
    "float": "number",
    "timestamp": "time",
}


def is_null(node: Node | None) -> bool:
    """Whether nothing is written there, or `null`."""
    return node is None or kind_of(node) == "null"
