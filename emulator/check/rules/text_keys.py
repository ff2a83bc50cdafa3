"""Keys that YAML takes for a number, a boolean or nothing."""

from collections.abc import Iterator

import yaml

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.document import Document, Node, entries, kind_of
from emulator.check.declared.kinds.endpoint import ENDPOINT
from emulator.check.declared.scalars import Anything, Default
from emulator.check.declared.shapes import GO
from emulator.check.findings import AT_INSTALLATION, AT_LOAD, By, Finding


def text_keys(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Where keys have to be text, and no shape asks for them by name."""
    yield from _of_files(plugin)
    yield from _of_values(plugin)


def _of_files(plugin: CheckedPlugin) -> Iterator[Finding]:
    """The SDK hands the fields of a whole file on by name (S core/plugin_registration.py
    _load_configuration, entities/endpoint.py)."""
    declarations = plugin.declarations
    documents = [each.document for each in declarations.declared if not each.parent]
    documents += [each.document for each in declarations.of(ENDPOINT)]
    documents += [declarations.manifest] if declarations.manifest else []
    for document in documents:
        for entry in entries(document.root):
            if kind_of(entry.key) != "text":
                yield _finding(document, entry.key, (AT_LOAD,))


def _of_values(plugin: CheckedPlugin) -> Iterator[Finding]:
    """The daemon makes JSON of schemas and defaults, which knows keys of text alone."""
    for value in plugin.read_values:
        if not isinstance(value.shape, Anything | Default) or GO not in value.readers:
            continue
        for entry in entries(value.node):
            if _is_no_text_for_go(entry.key):
                yield _finding(value.document, entry.key, (AT_INSTALLATION,))


def _is_no_text_for_go(key: yaml.ScalarNode) -> bool:
    """Unlike PyYAML, yaml.v3 takes `on`, `no` and `1:30` for text."""
    kind = kind_of(key)
    if kind == "boolean":
        return str(key.value).lower() in ("true", "false")
    return kind == "null" or (kind in ("whole number", "number") and ":" not in key.value)


def _finding(document: Document, key: Node, by: By) -> Finding:
    message = f"the key `{key.value}` is no text, but a {kind_of(key)}".replace("a null", "null")
    return Finding(document.place(key), "DE636", message, f'Write "{key.value}" in quotes.', by)
