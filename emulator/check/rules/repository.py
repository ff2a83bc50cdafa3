"""`repo` (validator's `url`, go-playground/validator baked_in.go)."""

import re
from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.document import kind_of
from emulator.check.findings import AT_PACKAGING, Finding

_URL = re.compile(r"[a-z][a-z0-9+.-]*:(//[^/\s?#\\]+[^\s]*|[^/\s].*|[^#]*#.+)", re.IGNORECASE)
_FILE = re.compile(r"file:.*", re.IGNORECASE)


def repository(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Everything without a scheme and a host, such as `owner/name`."""
    manifest = plugin.declarations.manifest
    node = manifest.find("repo") if manifest else None
    if manifest is None or node is None or kind_of(node) != "text":
        return
    if _URL.fullmatch(node.value) or _FILE.fullmatch(node.value):
        return
    message = f"`repo` is {node.value!r}, which is no URL"
    advice = "Write it in full, such as https://github.com/owner/name, or leave it out."
    yield Finding(manifest.place(node), "DE635", message, advice, (AT_PACKAGING,))
