"""What a plugin is made of (D plugin_declaration.go ManifestValidate, decoder/helper.go)."""

from collections.abc import Iterator

import yaml

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.document import Document, Entry, entries, is_null, items, kind_of
from emulator.check.declared.kinds.endpoint import ENDPOINT_GROUP
from emulator.check.findings import (
    AT_DEBUGGING,
    AT_INSTALLATION,
    BY_DAEMON,
    Finding,
)

_TOGETHER = ("tools", "endpoints")
_ALONE = ("models", "agent_strategies", "datasources", "triggers")


def combination(plugin: CheckedPlugin) -> Iterator[Finding]:
    manifest = plugin.declarations.manifest
    node = manifest.find("plugins") if manifest else None
    if manifest is None or not isinstance(node, yaml.MappingNode):
        return  # told as a wrong shape
    present = [each for each in entries(node) if each.name in _TOGETHER + _ALONE]
    present = [each for each in present if items(each.value)]
    yield from _kinds(manifest, node, present)
    for each in present:
        yield from _several(manifest, each)
    yield from _endpoints(plugin, manifest, present)


def _kinds(manifest: Document, node: yaml.MappingNode, present: list[Entry]) -> Iterator[Finding]:
    by = (AT_INSTALLATION, AT_DEBUGGING)
    if not present:
        if all(
            is_null(each.value) or isinstance(each.value, yaml.SequenceNode)
            for each in entries(node)
        ):
            message = "`plugins` names nothing: the plugin has no tool, endpoint, model or the like"
            advice = "Name a provider, such as `tools: [provider/name.yaml]`."
            yield Finding(manifest.place(node), "DE640", message, advice, by)
    elif len(present) > 1 and any(each.name in _ALONE for each in present):
        names = " and ".join(f"`{each.name}`" for each in present)
        message = f"{names} cannot be in one plugin"
        advice = "Only tools and endpoints go together: make several plugins of it."
        yield Finding(manifest.place(present[1].key), "DE640", message, advice, by)


def _several(manifest: Document, listed: Entry) -> Iterator[Finding]:
    """Each provider of a list takes the place of the one before it."""
    _first, *others = items(listed.value)
    if others:
        message = (
            f"`plugins.{listed.name}` has {len(others) + 1} items: installed, Dify knows the last"
            " alone, and the first while debugging"
        )
        advice = "Keep one; it can name any number of items itself."
        by = (AT_INSTALLATION, AT_DEBUGGING)
        yield Finding(manifest.place(others[0]), "DE641", message, advice, by)


def _endpoints(
    plugin: CheckedPlugin, manifest: Document, present: list[Entry]
) -> Iterator[Finding]:
    """D internal/service/setup_endpoint.go."""
    listed = next((each for each in present if each.name == "endpoints"), None)
    groups = plugin.declarations.of(ENDPOINT_GROUP)
    has_some = any(items(each.document.find("endpoints")) for each in groups)
    enabled = manifest.find("resource", "permission", "endpoint", "enabled")
    if listed is None or not has_some or (enabled is not None and _allows(enabled)):
        return
    message = "the plugin has endpoints, and no permission for them: none can be set up"
    advice = "Add `endpoint: {enabled: true}` under `resource.permission`."
    place = manifest.place(listed.key if enabled is None else enabled)
    yield Finding(place, "DE642", message, advice, (BY_DAEMON,))


def _allows(enabled: yaml.Node) -> bool:
    return kind_of(enabled) != "boolean" or str(enabled.value).lower() in ("true", "yes", "on")
