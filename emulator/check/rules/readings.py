"""Words that PyYAML (YAML 1.1) and yaml.v3 (mostly YAML 1.2) take for different values.

The daemon reads the declarations of an installed plugin, the SDK those of a plugin that is being
debugged: such a value changes between the two.
"""

import re
from collections.abc import Iterator

import yaml
from yaml.constructor import SafeConstructor

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.document import kind_of
from emulator.check.declared.read_values import ReadValue
from emulator.check.declared.scalars import Default, Written
from emulator.check.findings import AT_DEBUGGING, AT_INSTALLATION, Finding

_GO_NUMBER = re.compile(
    r"[-+]?(0o[0-7_]+|0[XB][0-9a-fA-F_]+|(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)"
)
"""Among what is text for PyYAML (yaml.v3 resolve.go)."""
_CONSTRUCTOR = SafeConstructor()


def readings(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Defaults and options that are one thing for the SDK and another for Go."""
    for value in plugin.read_values:
        node = value.node
        if not isinstance(node, yaml.ScalarNode) or not _is_bare(node):
            continue
        if isinstance(value.shape, Written):
            differ = _as_text(node)
        elif isinstance(value.shape, Default):
            differ = _as_value(node)
        else:
            continue
        if differ is not None:
            yield _finding(value, node.value, *differ)


def _is_bare(node: yaml.ScalarNode) -> bool:
    """Whether it stands there without quotes and without a tag."""
    return not node.style and node.end_mark.index - node.start_mark.index == len(node.value)


def _as_text(node: yaml.ScalarNode) -> tuple[str, str] | None:
    """S entities/parameters.py transform_id_to_str; Go takes what is written."""
    try:
        text = str(_CONSTRUCTOR.construct_object(node))
    except Exception:  # told as no value at all
        return None
    is_null = kind_of(node) == "null"
    return None if text == node.value or is_null else (f"the text {text!r}", f"{node.value!r}")


def _as_value(node: yaml.ScalarNode) -> tuple[str, str] | None:
    kind = kind_of(node)
    if kind == "boolean" and node.value.lower() not in ("true", "false"):
        return f"the boolean {str(_CONSTRUCTOR.construct_object(node)).lower()}", "text"
    if kind in ("whole number", "number") and ":" in node.value:
        return f"the number {_CONSTRUCTOR.construct_object(node)}", "text"
    if kind == "text" and _GO_NUMBER.fullmatch(node.value):
        return "text", "a number"
    return None


def _finding(value: ReadValue, written: str, sdk: str, go: str) -> Finding:
    message = f"`{value.path}` is {written}: {sdk} for the SDK, and {go} for Go"
    advice = f'Write "{written}" in quotes if it is text; else true, false or a plain number.'
    place = value.document.place(value.node)
    return Finding(place, "DE632", message, advice, (AT_INSTALLATION, AT_DEBUGGING))
