"""How much a plugin may ever store."""

from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.numbers import number_of
from emulator.check.findings import BY_DAEMON, Finding
from emulator.plugin.rules import STORAGE_LARGEST

_MOST = 104_857_600
"""PERSISTENCE_STORAGE_MAX_SIZE of a daemon as it comes (D internal/types/app/default.go)."""


def storage_size(plugin: CheckedPlugin) -> Iterator[Finding]:
    """A grant above the daemon's own bound, which ends every plugin's storage."""
    manifest = plugin.declarations.manifest
    node = manifest.find("resource", "permission", "storage", "size") if manifest else None
    size = number_of(node)
    if manifest is None or node is None or size is None or not _MOST < size <= STORAGE_LARGEST:
        return
    message = f"`storage.size` is {size:,.0f} bytes, and no plugin can store more than {_MOST:,}"
    advice = f"Write {_MOST}, or have PERSISTENCE_STORAGE_MAX_SIZE of the daemon raised."
    yield Finding(manifest.place(node), "DE637", message, advice, (BY_DAEMON,))
