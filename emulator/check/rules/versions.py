"""Versions in the manifest. The daemon's pattern and PEP 440, which the SDK asks for, differ."""

import re
from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.document import kind_of
from emulator.check.declared.kinds.manifest import VERSION
from emulator.check.findings import AT_INSTALLATION, AT_LOAD, Finding

_PLAIN = re.compile(r"\d+(\.\d+)*", re.ASCII)
_PYTHON = "3.12"


def versions(plugin: CheckedPlugin) -> Iterator[Finding]:
    """S core/entities/plugin/setup.py. `meta.version` is looked at by the daemon alone."""
    manifest = plugin.declarations.manifest
    for path in (("version",), ("meta", "minimum_dify_version")):
        node = manifest.find(*path) if manifest else None
        if manifest is None or node is None or kind_of(node) != "text":
            continue
        if path == ("version",) and not re.fullmatch(VERSION.pattern, node.value, re.ASCII):
            continue  # told as such
        if not _is_pep_440(node.value):
            message = f"`{'.'.join(path)}` is {node.value!r}, which is no version for Python"
            advice = "Write one such as 0.0.1, 0.0.1-beta1 or 0.0.1-rc1."
            yield Finding(manifest.place(node), "DE634", message, advice, (AT_LOAD,))


def python_version(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Dify has one Python for all plugins (D docker/local.dockerfile), whatever they name."""
    manifest = plugin.declarations.manifest
    node = manifest.find("meta", "runner", "version") if manifest else None
    if manifest is None or node is None or kind_of(node) not in ("text", "number"):
        return
    if not re.fullmatch(r"3\.12(\.\d+)?", node.value):
        message = f"`meta.runner.version` is {node.value}, and Dify runs every plugin on {_PYTHON}"
        advice = f'Write "{_PYTHON}", and try the plugin on it.'
        yield Finding(manifest.place(node), "DE638", message, advice, (AT_INSTALLATION,))


def _is_pep_440(text: str) -> bool:
    if _PLAIN.fullmatch(text):
        return True
    from packaging.version import InvalidVersion, Version  # not for every plugin: 10 ms

    try:
        Version(text)
    except InvalidVersion:
        return False
    return True
