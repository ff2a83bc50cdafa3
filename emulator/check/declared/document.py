"""A YAML file as a tree of nodes, each with its place. No values are built: cycles do no harm."""

import codecs
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

from emulator.check.declared.yaml_readers import NotYaml, parse
from emulator.check.findings import AT_LOAD, AT_PACKAGING, By, Finding, Place

Node = yaml.Node
_TAG = "tag:yaml.org,2002:"

LARGEST = 500_000
"""Bytes of a declaration that is looked into. The SDK's parser takes three seconds for as many."""


class Entry(NamedTuple):
    """A key of a mapping, with its value."""

    key: yaml.ScalarNode
    value: Node

    @property
    def name(self) -> str:
        return str(self.key.value)


class Document(NamedTuple):
    """A file that holds a mapping, or a list of models."""

    name: str
    """Relative to the plugin's folder."""
    root: yaml.CollectionNode

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


def read_document(folder: Path, name: str, a_list: bool = False) -> Document:
    """Read one of a plugin's declarations: a mapping, or a list. Raises Unreadable."""
    try:
        content = (folder / name).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        what = getattr(error, "strerror", None) or str(error)
        raise _unreadable(name, f"cannot be read: {what}", "Make it a readable file.") from None
    if len(content) > LARGEST:
        raise Unreadable(_too_large(name, len(content)))
    try:
        root = parse(_decode(name, content))
    except NotYaml as error:
        place = Place(name, error.line, error.column)
        raise _unreadable(name, f"is not YAML: {error}", _advice(error), error.by, place) from None
    if a_list and is_null(root):  # both take it for an empty list
        root = yaml.SequenceNode(_TAG + "seq", [])
    if a_list and isinstance(root, yaml.SequenceNode):
        return Document(name, root)
    if a_list or not isinstance(root, yaml.MappingNode):
        kind = "empty" if root is None or is_null(root) else f"a {kind_of(root)}"
        wanted = "a list" if a_list else "a mapping of fields to values"
        advice = "Write `- item` lines." if a_list else "Write `field: value` lines."
        # for Go an empty file is one without any field
        by = (AT_LOAD,) if kind == "empty" else (AT_LOAD, AT_PACKAGING)
        raise _unreadable(name, f"should hold {wanted}, and is {kind}", advice, by)
    return Document(name, root)


def _decode(name: str, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before[before.rfind(b"\n") + 1 :].decode()
        place = Place(name, before.count(b"\n") + 1, len(line) + 1)
        # yaml.v3 knows UTF-16 by its first bytes; the SDK opens every file as UTF-8
        utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        message = "is UTF-16" if utf16 else f"is not UTF-8: byte 0x{content[error.start]:02x}"
        by = (AT_LOAD,) if utf16 else (AT_LOAD, AT_PACKAGING)
        raise _unreadable(name, message, "Save it as UTF-8.", by, place) from None


def _advice(error: NotYaml) -> str:
    what = str(error)
    said = (advice for words, advice in _ADVICE if any(each in what for each in words))
    return next(said, "Mend the syntax here.")


_ADVICE = (
    (("'\\t'", "tab"), "Write spaces in place of tabs."),
    (
        ("another document", "<document start>"),
        "Keep one document in the file: end it here.",
    ),
    (("YAML 1.1", "directive"), "Leave the line out."),
    (
        ("undefined alias",),
        "Put the anchor (`&name`) before it, or quotes around text that begins with `*`.",
    ),
    (
        ("mapping values are not allowed",),
        "Put quotes around text with `: ` in it, or indent the line as its neighbours are.",
    ),
    (
        ("expected key", "expected '-' indicator"),
        "Indent the line as its neighbours are, or mend the quotes before it.",
    ),
    (("block sequence entries",), "Begin the list on a line of its own."),
    (("unexpected end of stream",), "Close the quotes that are open."),
    (("cannot start any token",), "Put quotes around text that begins with this character."),
)
"""By the words of the YAML parser; the first that fit."""


def _too_large(name: str, size: int) -> Finding:
    message = f"has {size / 1e6:.1f} MB, which the SDK reads anew at each start; it is not checked"
    advice = f"Keep a declaration below {LARGEST / 1e6:.1f} MB; put data into a file of its own."
    return Finding(Place(name), "DE631", message, advice, (AT_LOAD,))


def _unreadable(
    name: str,
    message: str,
    advice: str,
    by: By = (AT_LOAD, AT_PACKAGING),
    place: Place | None = None,
) -> Unreadable:
    return Unreadable(Finding(place or Place(name), "DE602", message, advice, by))


@lru_cache(maxsize=4096)  # each rule asks for those of most mappings again
def entries(node: Node | None) -> tuple[Entry, ...]:
    """The fields of a mapping, those merged into it (`<<`) last; keys that are no text are not."""
    return tuple(_entries(node, set()))


def _entries(node: Node | None, seen: set[int]) -> Iterator[Entry]:
    if not isinstance(node, yaml.MappingNode) or id(node) in seen:
        return
    seen.add(id(node))
    inherited: list[Node] = []
    for key, value in node.value:
        if is_merge(key):
            inherited += merged(value)
        elif isinstance(key, yaml.ScalarNode):
            yield Entry(key, value)
    for each in inherited:
        yield from _entries(each, seen)


def is_merge(key: Node) -> bool:
    """Whether it is `<<`, which takes over the fields of another mapping."""
    return str(key.tag) == _TAG + "merge"


def merged(value: Node) -> list[Node]:
    """The mappings that `<<` takes over."""
    return list(value.value) if isinstance(value, yaml.SequenceNode) else [value]


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
