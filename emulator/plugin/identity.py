"""Whose storage it is: the little of a manifest that storage commands need.

The whole manifest is read with pydantic, whose import alone takes longer than half of what a
storage command may. A manifest that is not right in these fields is read whole, for its errors.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.plugin.rules import AUTHOR, NAME, STORAGE_LARGEST, STORAGE_SMALLEST
from emulator.plugin.yaml_file import BadYaml, read_yaml


@dataclass(frozen=True, slots=True)
class Identity:
    """A plugin as its storage knows it."""

    plugin_id: str
    storage_limit: int | None
    """Bytes; None if the manifest has no storage block."""


def read_identity(folder: Path) -> Identity:
    """Read ``author/name`` and the storage size. Raises PluginLoadError."""
    try:
        found = _identity(read_yaml(folder, "manifest.yaml").data)
    except BadYaml:
        found = None
    if found is not None:
        return found
    from emulator.plugin.plugin import read_manifest

    manifest = read_manifest(folder)
    return Identity(manifest.plugin_id, manifest.storage_limit)


def _identity(manifest: dict[str, Any]) -> Identity | None:
    author, name = manifest.get("author"), manifest.get("name")
    if not (isinstance(author, str) and re.fullmatch(AUTHOR, author)):
        return None
    if not (isinstance(name, str) and re.fullmatch(NAME, name)):
        return None
    block: Any = manifest
    for step in ("resource", "permission", "storage"):
        block = block.get(step) if isinstance(block, dict) else None
    if block is None:
        return Identity(f"{author}/{name}", None)
    size = block.get("size") if isinstance(block, dict) else None
    if type(size) is not int or not STORAGE_SMALLEST <= size <= STORAGE_LARGEST:
        return None
    return Identity(f"{author}/{name}", size)
