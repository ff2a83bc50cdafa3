"""The SDK's version against Python's, and against what the plugin declares.

As PyPI has them on 2026-11-22: what is below 0.8 runs on Python 3.11 and later, all since on 3.12
and later; those of beta versions below 0.1 that ran on older ones are not looked at. uv resolves
for every Python that `requires-python` allows, not only for the one that Dify has.
"""

from collections.abc import Iterator
from typing import Any

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.document import Document, items
from emulator.check.findings import AT_DEBUGGING, AT_INSTALLATION, BY_SDK, Finding
from emulator.check.package.required import Requirement
from emulator.check.package.versions import (
    Release,
    Specifier,
    allows,
    is_at_least,
    is_below,
    parse_specifier,
)

_NEEDS: tuple[tuple[Release, Release], ...] = (((0, 8), (3, 12)), ((0, 1), (3, 11)))
"""From which version on the SDK needs which Python."""

_OF_DIFY = tuple((3, 12, patch) for patch in range(1, 60))
"""Dify makes every environment with `uv venv --python 3.12`."""

_SINCE: dict[str, Release] = {"datasources": (0, 5), "triggers": (0, 6)}
"""Which version of the SDK was the first to load them."""

_BEYOND_PROJECT = frozenset(("environments", "override-dependencies", "sources", "workspace"))
"""Settings of uv by which it may come to another end."""


def python_versions(plugin: CheckedPlugin) -> Iterator[Finding]:
    """`requires-python` allows what the SDK does not, or not what Dify has."""
    file = plugin.required.file
    if file is None:
        return
    text = _table(file.data, "project").get("requires-python")
    python = parse_specifier(text) if isinstance(text, str) else None
    if not python:
        return
    place = file.place("requires-python")
    needed = _needed(file.sdk)
    # With a lock uv does not resolve again
    resolved = (
        "uv.lock" in plugin.package or _BEYOND_PROJECT & _table(file.data, "tool", "uv").keys()
    )
    if needed and file.sdk and not resolved and (older := _allowed_below(python, needed)):
        needs = f"{file.sdk.text!r} needs {_shown(needed)}: uv finds no solution"
        message = f"`requires-python` allows Python {_shown(older)}, and {needs}"
        advice = f'Write requires-python = ">={_shown(needed)}".'
        yield Finding(place, "DE824", message, advice, (AT_INSTALLATION,))
    elif not any(allows(python, each) for each in _OF_DIFY):
        message = f"`requires-python` is {text!r}, and Dify has Python 3.12: uv looks for another"
        advice = 'Write requires-python = ">=3.12".'
        yield Finding(place, "DE825", message, advice, (AT_INSTALLATION,))


def two_requirements(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Both files are there, and do not ask for the same SDK."""
    chosen, other = plugin.required.file, plugin.required.not_read
    if chosen is None or other is None or chosen.sdk is None or other.sdk is None:
        return
    mine, others = chosen.sdk.specifier, other.sdk.specifier
    if mine is not None and others and set(mine) != set(others):
        message = f"{other.sdk.text!r} is not looked at: {chosen.name} has {chosen.sdk.text!r}"
        advice = "Write the same in both files, or take this one out."
        yield Finding(other.sdk.place, "DE826", message, advice, (AT_INSTALLATION,))


def too_old(plugin: CheckedPlugin) -> Iterator[Finding]:
    """The SDK that is asked for does not know what the manifest declares."""
    file, manifest = plugin.required.file, plugin.declarations.manifest
    sdk = file.sdk if file else None
    if manifest is None or sdk is None or not sdk.always or sdk.specifier is None:
        return
    for kind in _declared(manifest):
        if is_below(sdk.specifier, _SINCE[kind]):
            since = f"{_shown(_SINCE[kind])}.0"
            message = f"{sdk.text!r} does not load `{kind}`, which came with {since}"
            advice = f"Ask for dify_plugin>={since}."
            yield Finding(sdk.place, "DE827", message, advice, (AT_DEBUGGING, BY_SDK))


def _declared(manifest: Document) -> Iterator[str]:
    return (kind for kind in _SINCE if items(manifest.find("plugins", kind)))


def _needed(sdk: Requirement | None) -> Release | None:
    if sdk is None or not sdk.always or sdk.specifier is None:
        return None
    of_sdk = sdk.specifier
    return next((python for since, python in _NEEDS if is_at_least(of_sdk, since)), None)


def _allowed_below(python: Specifier, needed: Release) -> Release | None:
    """A Python below the one that is needed; its first two numbers."""
    for minor in range(needed[1] - 1, 6, -1):
        if any(allows(python, (3, minor, patch)) for patch in range(30)):
            return (3, minor)
    return None


def _table(data: dict[str, Any], *path: str) -> dict[str, Any]:
    found: Any = data
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _shown(release: Release) -> str:
    return ".".join(map(str, release))
