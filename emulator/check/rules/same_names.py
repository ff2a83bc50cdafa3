"""Names that stand twice where each should stand once."""

from collections.abc import Iterable, Iterator

import yaml

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.declarations import Declarations, Declared
from emulator.check.declared.form_fields import FormField
from emulator.check.declared.kinds.endpoint import ENDPOINT
from emulator.check.findings import BY_PLATFORM, BY_SDK, By, Finding, Place

_Named = tuple[str, Place]


def same_names(plugin: CheckedPlugin) -> Iterator[Finding]:
    yield from _fields(plugin.form_fields)
    yield from _options(plugin.form_fields)
    yield from _declarations(plugin.declarations)


def _fields(fields: Iterable[FormField]) -> Iterator[Finding]:
    """Parameters and settings of one list: there is one value for each name, whatever is shown."""
    lists: dict[tuple[str, str], list[_Named]] = {}
    for field in fields:
        node = field.find("name")
        if field.path.endswith("]") and isinstance(node, yaml.ScalarNode):
            key = (field.document.name, field.path.rpartition("[")[0])
            lists.setdefault(key, []).append((f"the name `{node.value}`", field.place(node)))
    for named in lists.values():
        yield from _twice(named, "All of that name have one value.", (BY_PLATFORM,))


def _options(fields: Iterable[FormField]) -> Iterator[Finding]:
    for field in fields:
        named = [(f"the option {each.value!r}", field.place(each)) for each in field.options]
        yield from _twice(named, "Nobody can tell them apart: leave one out.", (BY_PLATFORM,))


def _declarations(declarations: Declarations) -> Iterator[Finding]:
    """Tools and the like by their names, endpoints by their methods and paths."""
    lists: dict[int, list[_Named]] = {}
    endpoints: list[_Named] = []
    for each in declarations.declared:
        if each.kind is ENDPOINT:
            route = each.document.text("method"), each.document.text("path")
            endpoints.append((f"`{route[0]} {route[1]}`", _place(each, "path")))
        elif each.parent is not None and each.name is not None:
            place = _place(each, "identity", "name")
            named = (f"the {each.kind.name} `{each.name}`", place)
            lists.setdefault(id(each.parent), []).append(named)
    # S core/plugin_registration.py: a dictionary by name, and the routes of werkzeug
    yield from _twice(endpoints, "The first answers, and this one never.", (BY_SDK,))
    for several in lists.values():
        yield from _twice(several, "The last one answers for all of that name.", (BY_SDK,))


def _place(declared: Declared, *path: str) -> Place:
    node = declared.document.find(*path)
    return declared.document.place(declared.document.root if node is None else node)


def _twice(named: Iterable[_Named], advice: str, by: By) -> Iterator[Finding]:
    first: dict[str, Place] = {}
    for name, place in named:
        before = first.setdefault(name, place)
        if before is not place:
            where = f"line {before.line}" if before.file == place.file else str(before)
            message = f"{name} is there twice, first in {where}"
            yield Finding(place, "DE649", message, advice, by)
