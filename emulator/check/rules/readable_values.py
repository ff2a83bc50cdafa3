"""Values that parse as YAML, and that one of its readers can still not build.

PyYAML's SafeConstructor knows no tags but YAML's own, and refuses `2026-02-30`; yaml.v3 refuses
what contains itself, and what grows too much by its aliases (decode.go).
"""

from collections.abc import Iterator

import yaml
from yaml.constructor import SafeConstructor

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.document import Document, Node, is_merge, kind_of, merged
from emulator.check.declared.read_values import documents, is_free
from emulator.check.findings import AT_LOAD, AT_PACKAGING, Finding

_DEEPEST = 500
"""Levels: PyYAML's parser takes two of Python's 1,000 calls for each."""
_LARGEST = 10_000_000
"""Values, of which at least nine in ten are aliases, as no declaration is that long itself."""

_PREFIX = "tag:yaml.org,2002:"


def _tags(*names: str) -> frozenset[str]:
    return frozenset(_PREFIX + name for name in names)


_TAGS = {
    yaml.MappingNode: _tags("map", "set"),
    yaml.SequenceNode: _tags("seq", "omap", "pairs"),
    yaml.ScalarNode: _tags("str", "null", "bool", "int", "float", "timestamp", "binary"),
}
_MEANINGS = _tags("merge", "value")
_CONSTRUCTOR = SafeConstructor()


def readable_values(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Tags, numbers, times and keys that are none, and values without an end."""
    for root in documents(plugin.declarations):
        yield from _unreadable_for_the_sdk(root.document)
    for value in filter(is_free, plugin.read_values):
        size = _size(value.node)
        if size is None or size > _LARGEST:
            what = "contains itself" if size is None else "grows too large by its aliases"
            yield Finding(
                value.document.place(value.node),
                "DE602",
                f"`{value.path}` {what}",
                "Write out what the aliases (`*name`) stand for.",
                (AT_PACKAGING,),
            )


def _unreadable_for_the_sdk(document: Document) -> Iterator[Finding]:
    """In the order of the file, so that each value is met first where it stands."""
    met: set[int] = set()
    stack: list[tuple[Node, int]] = [(document.root, 1)]
    while stack:
        node, depth = stack.pop()
        if id(node) in met:
            continue
        met.add(id(node))
        if depth > _DEEPEST:
            what = f"this is nested more than {_DEEPEST} levels deep"
            yield _finding(document, node, what, "Nest it less.")
            return
        yield from _wrong_tag(document, node)
        if isinstance(node, yaml.MappingNode):
            yield from _wrong_keys(document, node)
        stack += [(each, depth + 1) for each in reversed(_children(node))]


def _children(node: Node) -> list[Node]:
    if isinstance(node, yaml.MappingNode):
        return [
            each
            for key, value in node.value
            for each in (key, value)
            if each is value or not _has_meaning(key)
        ]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _has_meaning(node: Node) -> bool:
    """Whether it is a plain `<<` or `=`, of which PyYAML makes a value nowhere but in a key."""
    return str(node.tag) in _MEANINGS


def _wrong_tag(document: Document, node: Node) -> Iterator[Finding]:
    short = str(node.tag).removeprefix(_PREFIX)
    if _has_meaning(node):
        what = f"`{node.value}` has a meaning of its own in YAML, and cannot be a value"
        yield _finding(document, node, what, f'Put it in quotes: "{node.value}".')
    elif str(node.tag) not in _TAGS[type(node)]:
        shown = f"!!{short}" if short != node.tag else short
        what = f"the SDK knows no tag `{shown}` for a {kind_of(node)}"
        yield _finding(document, node, what, "Leave the tag out.")
    elif short not in ("str", "null", "map", "seq", "set", "omap", "pairs"):
        try:
            _CONSTRUCTOR.construct_object(node)
        except Exception:  # whatever it raises ends the SDK's loading
            what = f"{node.value!r} looks like a {kind_of(node)}, and is none"
            yield _finding(document, node, what, f'Mend it, or put it in quotes: "{node.value}".')


def _wrong_keys(document: Document, node: yaml.MappingNode) -> Iterator[Finding]:
    for key, value in node.value:
        if isinstance(key, yaml.CollectionNode):
            what = f"a {kind_of(key)} cannot be a key"
            yield _finding(document, key, what, "Write text for a key.")
        elif is_merge(key) and not all(
            isinstance(each, yaml.MappingNode) for each in merged(value)
        ):
            what = "`<<` takes over a mapping or a list of mappings only"
            yield _finding(document, value, what, "Name an anchor of a mapping: `<<: *name`.")


def _finding(document: Document, node: Node, what: str, advice: str) -> Finding:
    return Finding(document.place(node), "DE602", what, advice, (AT_LOAD,))


def _size(root: Node) -> int | None:
    """How many values it has when each alias is written out; None if it contains itself."""
    sizes: dict[int, int] = {}
    entered: set[int] = set()
    stack = [root]
    while stack:
        node = stack[-1]
        inner = _children(node)
        if id(node) in entered or id(node) in sizes:
            stack.pop()
            entered.discard(id(node))
            sizes.setdefault(id(node), 1 + sum(sizes[id(each)] for each in inner))
            continue
        entered.add(id(node))
        for each in inner:
            if id(each) in entered:
                return None
            if id(each) not in sizes:
                stack.append(each)
    return sizes[id(root)]
