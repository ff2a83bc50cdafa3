"""Keys that stand twice in one mapping (yaml.v3 decode.go, mapping; PyYAML keeps the last)."""

from collections.abc import Iterator

import yaml

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.document import Node
from emulator.check.declared.mappings import ListOrNamed, Map, Named
from emulator.check.declared.read_values import ReadValue
from emulator.check.declared.shapes import GO, Shape
from emulator.check.findings import AT_LOAD, AT_PACKAGING, Finding

_CREDENTIALS = (Named, ListOrNamed)
"""What yaml.v3 hands to the daemon's own code, which looks at no duplicates."""


def duplicate_keys(plugin: CheckedPlugin) -> Iterator[Finding]:
    """An error where Go decodes the mapping; elsewhere the first is lost without a word."""
    for value in plugin.read_values:
        go_refuses = GO in value.readers and not isinstance(value.shape, _CREDENTIALS)
        for key, first in _twice(value.node):
            if go_refuses or _is_read(value.shape, key.value):
                yield _finding(value, key, first, go_refuses)


def _is_read(shape: Shape, name: str) -> bool:
    return not isinstance(shape, Map) or name in shape.fields


def _twice(node: Node) -> Iterator[tuple[yaml.ScalarNode, yaml.ScalarNode]]:
    """The second of each key, with the first of them. `<<` counts, quotes do not."""
    met: dict[str, dict[int, yaml.ScalarNode]] = {}
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode):
            # for Go an alias is no key of the same name as its anchor
            met.setdefault(key.value, {})[id(key)] = key
    for first, *others in map(dict.values, met.values()):
        if others:
            yield others[0], first


def _finding(
    value: ReadValue, key: yaml.ScalarNode, first: yaml.ScalarNode, go_refuses: bool
) -> Finding:
    where = f"`{value.path}`" if value.path else "the file"
    message = f"`{key.value}` stands twice in {where}, first in line {first.start_mark.line + 1}"
    place = value.document.place(key)
    if key.value == "<<":
        advice = "Write `<<: [*one, *other]`."
    else:
        advice = "Keep one of the two; the SDK takes the last."
    if go_refuses:
        return Finding(place, "DE603", message, advice, (AT_PACKAGING,))
    return Finding(place, "DE630", message, advice, (AT_LOAD,))
