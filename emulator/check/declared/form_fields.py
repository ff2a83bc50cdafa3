"""Fields that a user or a model fills in: parameters, settings and credentials of every kind."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import yaml

from emulator.check.declared.declarations import Declarations
from emulator.check.declared.document import Document, Node, child, is_null, items
from emulator.check.declared.kinds.tool import TOOL
from emulator.check.declared.mappings import Map
from emulator.check.declared.read_values import ReadValue
from emulator.check.findings import BY_DAEMON, BY_PLATFORM, By, Place


class FormField(NamedTuple):
    """One of them."""

    document: Document
    path: str
    node: Node

    def find(self, name: str) -> Node | None:
        """What is written for it under a name; None if that is nothing, or null."""
        value = child(self.node, name)
        return None if is_null(value) else value

    def text(self, name: str) -> str | None:
        value = self.find(name)
        return str(value.value) if isinstance(value, yaml.ScalarNode) else None

    @property
    def options(self) -> list[yaml.ScalarNode]:
        """The values that can be chosen."""
        values = [child(each, "value") for each in items(self.find("options"))]
        return [each for each in values if isinstance(each, yaml.ScalarNode)]

    @property
    def used_by(self) -> By:
        """Who takes what is filled in (D config.go ValidateProviderConfigs for settings)."""
        return (BY_DAEMON,) if self.path.startswith("settings") else (BY_PLATFORM,)

    def place(self, node: Node) -> Place:
        return self.document.place(node)


def form_fields(values: Iterable[ReadValue]) -> Iterator[FormField]:
    """Those among a plugin's values."""
    for value in values:
        shape = value.shape
        is_field = isinstance(shape, Map) and {"type", "options"} <= shape.fields.keys()
        if is_field and isinstance(value.node, yaml.MappingNode):
            yield FormField(value.document, value.path, value.node)


def tool_parameters(declarations: Declarations) -> Iterator[FormField]:
    """Those of tools alone."""
    for tool in declarations.of(TOOL):
        for number, node in enumerate(items(tool.document.find("parameters"))):
            yield FormField(tool.document, f"parameters[{number}]", node)
