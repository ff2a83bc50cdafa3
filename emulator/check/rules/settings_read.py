"""What an endpoint reads of its group's settings and of its path, against what is declared."""

import re
from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.code.reads.against import (
    Against,
    DeclaredField,
    Form,
    never_read,
    taken_for_granted,
    undeclared,
)
from emulator.check.code.reads.callees import Code
from emulator.check.code.reads.follow import reads_of_argument
from emulator.check.code.reads.reading import Reads
from emulator.check.code.sources import DeclaredSource
from emulator.check.declared.document import Document
from emulator.check.findings import BY_SDK, Finding
from emulator.check.names import did_you_mean

_INVOKE = "_invoke"
_VALUES, _SETTINGS = 1, 2
"""As which arguments an endpoint is given them (S interfaces/endpoint/endpoint.py)."""
_IN_PATH = re.compile(r"<(?:[a-zA-Z_]\w*(?:\(.*?\))?:)?([a-zA-Z_]\w*)>")
"""As werkzeug's rules are written: `<name>`, `<int:name>`."""


def settings_read(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Settings that are read and not declared, or declared and not read, or optional and read as
    if they were always there."""
    pairs = list(_of_settings(plugin))
    for form, read in undeclared(pairs):
        name = read.key.value
        message = f"`{name}` is read, and {form.document.name} declares no setting of that name"
        advice = did_you_mean(name, form.fields) or f"Declare `{name}` there, or do not read it."
        yield Finding(read.key.place, "DE726", message, advice, (BY_SDK,))
    for _, field in never_read(pairs):
        message = f"the setting `{field.name}` is asked for, and no endpoint reads it"
        yield Finding(field.place, "DE727", message, "Read it, or take it out.", (BY_SDK,))
    for _, read in taken_for_granted(pairs, _may_be_left_out):
        message = f"the setting `{read.key.value}` may be left out, and then this is a KeyError"
        advice = f"Write `.get({read.key.value!r})`, or declare it with `required: true`."
        yield Finding(read.key.place, "DE728", message, advice, (BY_SDK,))


def values_read(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Values that are read and that the path does not have."""
    for form, read in undeclared(list(_of_values(plugin))):
        name = read.key.value
        message = f"`{name}` is read, and the path in {form.document.name} has no `<{name}>`"
        advice = did_you_mean(name, form.fields) or f"Write `<{name}>` in the path."
        yield Finding(read.key.place, "DE729", message, advice, (BY_SDK,))


def _may_be_left_out(setting: DeclaredField) -> bool:
    """Dify fills in no defaults of settings (D internal/service/install_service)."""
    return not setting.is_required


def _endpoints(plugin: CheckedPlugin) -> Iterator[DeclaredSource]:
    return (each for each in plugin.sources if each.source.base == "Endpoint")


def _of_settings(plugin: CheckedPlugin) -> Iterator[Against]:
    forms: dict[Document, Form | None] = {}
    for each in _endpoints(plugin):
        if each.declared.parent is None:
            continue
        group = each.declared.parent.document
        if group not in forms:
            forms[group] = Form.of(group, group.find("settings"))
        if (form := forms[group]) is not None:
            yield Against(
                form, _reads(plugin.code, each, _SETTINGS) or Reads(whole=True, filled=True)
            )


def _of_values(plugin: CheckedPlugin) -> Iterator[Against]:
    for each in _endpoints(plugin):
        document, path = each.declared.document, each.declared.document.find("path")
        reads = _reads(plugin.code, each, _VALUES)
        if reads is not None and path is not None:
            names = _IN_PATH.findall(document.text("path") or "")
            place = document.place(path)
            fields = {name: DeclaredField(name, place, path) for name in names}
            yield Against(Form(document, fields), reads)


def _reads(code: Code, each: DeclaredSource, position: int) -> Reads | None:
    return reads_of_argument(code, each.cls, _INVOKE, position) if each.cls else None
