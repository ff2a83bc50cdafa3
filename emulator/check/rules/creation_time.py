"""`created_at`: times that YAML knows, and Go does not."""

import re
from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.document import kind_of
from emulator.check.findings import AT_DEBUGGING, AT_PACKAGING, Finding

_DAY, _HOUR = r"\d{4}-\d\d?-\d\d?", r"\d\d?:\d\d?:\d\d?(\.\d*)?"
_ZONED = re.compile(rf"{_DAY}[Tt]{_HOUR}(Z|[+-]\d\d:\d\d)")
_WITHOUT_ZONE = re.compile(rf"{_DAY}( +{_HOUR})?")
"""Both are allowedTimestampFormats (yaml.v3 resolve.go)."""


def creation_time(plugin: CheckedPlugin) -> Iterator[Finding]:
    """A time that PyYAML reads and yaml.v3 does not: most often the zone is missing.

    Some forms without one are times for both, but not when the SDK sends them for debugging.
    """
    manifest = plugin.declarations.manifest
    node = manifest.find("created_at") if manifest else None
    if manifest is None or node is None or kind_of(node) != "time" or _ZONED.fullmatch(node.value):
        return
    by = AT_DEBUGGING if _WITHOUT_ZONE.fullmatch(node.value) else AT_PACKAGING
    message = f"`created_at` is {node.value}, which Go does not read as a time"
    day, *time = re.split(r"[Tt]|[ \t]+", node.value, maxsplit=1)
    clock = re.match(r"[\d:]+", time[0]) if time else None
    advice = f"Write it with its zone, as {day}T{clock[0] if clock else '00:00:00'}Z."
    yield Finding(manifest.place(node), "DE633", message, advice, (by,))
