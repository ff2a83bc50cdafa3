"""Words held against what the plugin declares."""

import difflib
from collections.abc import Iterable
from typing import Any

from emulator.errors import UsageError
from emulator.plugin.endpoint import EndpointGroup
from emulator.plugin.plugin import Plugin
from emulator.plugin.tool import Tool


def list_tools(plugin: Plugin) -> str:
    """The tools of a plugin with what they take, for whoever does not know them."""
    lines = []
    for declared in plugin.tools:
        tool = declared.tool
        taken = [f"{p.name}{'' if p.required else '?'}:{p.type}" for p in tool.parameters or []]
        lines.append(f"  {tool.name} {' '.join(taken)}".rstrip())
    return "\n".join(lines) or "  (none)"


def list_endpoints(plugin: Plugin) -> str:
    """The endpoints of a plugin and the settings of their group."""
    lines = [f"  {endpoint.method} {endpoint.path}" for endpoint in plugin.endpoints]
    settings = (plugin.group.settings or []) if plugin.group else []
    taken = [f"{s.name}{'' if s.required else '?'}:{s.type}" for s in settings]
    if taken:
        lines.append(f"  settings: {' '.join(taken)}")
    return "\n".join(lines) or "  (none)"


def check_names(tool: Tool, parameters: dict[str, Any]) -> None:
    """Refuse names that the tool does not declare, and required ones that are missing."""
    declared = {parameter.name: parameter for parameter in tool.parameters or []}
    for name in parameters:
        if name not in declared and not tool.has_runtime_parameters:
            near = difflib.get_close_matches(name, declared, n=1)
            advice = f"Did you mean {near[0]!r}?" if near else f"It takes: {_list(declared)}."
            raise UsageError(f"{tool.name} has no parameter {name!r}.", advice=advice)
    for name, parameter in declared.items():
        if parameter.required and parameter.form == "llm" and name not in parameters:
            raise UsageError(
                f"{tool.name} needs the parameter {name!r} ({parameter.type}).",
                advice=f"Give it as {name}=..., {name}:=JSON or {name}@FILE.",
            )


def check_settings_names(group: EndpointGroup, settings: dict[str, Any]) -> None:
    """Refuse settings that the group does not declare: Dify's form could not give them."""
    declared = [setting.name for setting in group.settings or []]
    for name in settings:
        if name not in declared:
            near = difflib.get_close_matches(name, declared, n=1)
            advice = f"Did you mean {near[0]!r}?" if near else f"There are: {_list(declared)}."
            raise UsageError(f"The endpoints have no setting {name!r}.", advice=advice)


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
