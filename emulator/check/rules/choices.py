"""Fields of which one or several values are chosen: options, defaults, `multiple`."""

from collections.abc import Iterator

import yaml

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.document import Node, is_null, items, kind_of
from emulator.check.declared.form_fields import FormField, tool_parameters
from emulator.check.findings import AT_LOAD, Finding
from emulator.check.names import did_you_mean

_CHOICES = ("select", "dynamic-select")


def choices(plugin: CheckedPlugin) -> Iterator[Finding]:
    for field in plugin.form_fields:
        if field.text("type") == "select":
            yield from _options(field)
    for field in tool_parameters(plugin.declarations):
        yield from _multiple(field)


def _options(field: FormField) -> Iterator[Finding]:
    """A value that is no option is refused (D config.go ValidateProviderConfigs for settings, the
    platform's api/core/plugin/entities/parameters.py for parameters)."""
    values = {each.value for each in field.options}
    kind = field.find("type")
    if not items(field.find("options")):
        if kind is not None:
            message = f"`{field.path}` is a choice without `options`: nothing can be chosen"
            advice = "Add `options`, or make it `dynamic-select` or text."
            yield Finding(field.place(kind), "DE647", message, advice, field.used_by)
        return
    default = field.find("default")
    for each in items(default) if isinstance(default, yaml.SequenceNode) else [default]:
        if not isinstance(each, yaml.ScalarNode) or is_null(each) or each.value in ("", *values):
            continue
        message = f"`{field.path}.default` is {each.value!r}, which is not among its options"
        advice = did_you_mean(each.value, values) or "Write the value of one of them."
        yield Finding(field.place(each), "DE648", message, advice, field.used_by)


def _multiple(field: FormField) -> Iterator[Finding]:
    """S entities/tool.py validate_multiple, since 0.10; before, a list was no default at all."""
    multiple, default = field.find("multiple"), field.find("default")
    several = multiple is not None and _is_true(multiple)
    is_choice = field.text("type") in _CHOICES
    if several and multiple is not None and not is_choice and field.text("type"):
        message = f"`{field.path}.multiple` is for select and dynamic-select: SDK 0.10 refuses it"
        yield Finding(field.place(multiple), "DE646", message, "Leave it out.", (AT_LOAD,))
    elif several and is_choice and isinstance(default, yaml.ScalarNode):
        message = f"`{field.path}.default` is no list, and `multiple` is true: SDK 0.10 refuses it"
        advice = f"Write [{default.value}]."
        yield Finding(field.place(default), "DE646", message, advice, (AT_LOAD,))
    elif is_choice and not several and isinstance(default, yaml.SequenceNode):
        message = f"`{field.path}.default` is a list, and `multiple` is not true"
        advice = "Write one value, or add `multiple: true`."
        yield Finding(field.place(default), "DE645", message, advice, (AT_LOAD,))


def _is_true(node: Node) -> bool:
    return kind_of(node) == "boolean" and str(node.value).lower() in ("true", "yes", "on")
