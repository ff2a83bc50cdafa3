"""What the code asks of Dify, against what the manifest grants.

Dify asks the manifest before it does anything else (D backwards_invocation/task.go:71-176), so a
call that is not granted is refused whenever it is made.
"""

from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.code.session.invocations import STORAGE
from emulator.check.code.session.uses import Use
from emulator.check.declared.document import Document, items
from emulator.check.findings import BY_DAEMON, Finding
from emulator.plugin.grants import NEEDS, Need

_YES = frozenset({"true", "yes", "on", "y", "1"})


def not_granted(plugin: CheckedPlugin) -> Iterator[Finding]:
    """The first call of each kind that the manifest does not grant."""
    manifest = plugin.declarations.manifest
    if manifest is None or _is_model_plugin(manifest):
        return
    for need, uses in _by_need(plugin).items():
        lacking = [field for field in need.fields if not _granted(manifest, field)]
        if lacking:
            message = f"{_call(uses[0])} is refused{_when(uses)}: {need.refusal!r}{_others(uses)}"
            yield Finding(uses[0].place(), "DE770", message, _advice(need), (BY_DAEMON,))


def asked_from_a_model(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Calls in a plugin of models, which may not ask for anything."""
    manifest = plugin.declarations.manifest
    if manifest is None or not _is_model_plugin(manifest):
        return
    for use in plugin.session.all:
        if use.kind and use.call:
            message = f"{_call(use)} is refused: 'you can not invoke dify from model'"
            advice = "A model has to do without Dify's storage, models, tools and apps."
            yield Finding(use.place(), "DE771", message, advice, (BY_DAEMON,))


def _by_need(plugin: CheckedPlugin) -> dict[Need, list[Use]]:
    found: dict[Need, list[Use]] = {}
    for use in plugin.session.all:
        if use.kind and use.call:
            found.setdefault(NEEDS[use.kind], []).append(use)
    return {need: sorted(uses, key=Use.place) for need, uses in found.items()}


def _is_model_plugin(manifest: Document) -> bool:
    """Whether all its requests are for models; these stand alone (D plugin_declaration.go:278)."""
    return bool(items(manifest.find("plugins", "models")))


def _granted(manifest: Document, field: str) -> bool:
    node = manifest.find("resource", "permission", *field.split("."))
    return node is not None and str(node.value).lower() in _YES


def _call(use: Use) -> str:
    return f"`{use.way}.{use.name}`"


def _when(uses: list[Use]) -> str:
    """The SDK gives back a short text as it is (S invocations/model/llm.py)."""
    only = all(each.kind == "system_summary" for each in uses)
    return " for a text of 1,024 characters or more" if only else ""


def _others(uses: list[Use]) -> str:
    """How many more there are, and where."""
    if len(uses) == 1:
        return ""
    files = sorted({each.body.module.file for each in uses[1:]})
    listed = ", ".join(files[:3]) + (f" and {len(files) - 3} more files" if len(files) > 3 else "")
    what = "call" if len(uses) == 2 else "calls"
    return f"; the same for {len(uses) - 1} more {what}, in {listed}"


def _advice(need: Need) -> str:
    block, _, _ = need.fields[0].partition(".")
    granted = [f"{each.partition('.')[2]}: true" for each in need.fields]
    if f"session.{block}" == STORAGE:
        granted.append("size: 1048576")
    return (
        f"Write `{block}: {{{', '.join(granted)}}}` under `resource.permission` in manifest.yaml."
    )
