"""What Dify installs a plugin from (D internal/core/local_runtime/setup_python_environment.go).

`uv sync --no-dev` for a pyproject.toml, `uv pip install -r` for a requirements.txt only if there is
none. That the SDK is there afterwards shows when the plugin is loaded.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.findings import AT_INSTALLATION, AT_LOAD, Finding, Place
from emulator.check.package.required import PYPROJECT, REQUIREMENTS, RequirementsFile

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", re.ASCII)
_ADVICE = "Name it: dify_plugin>=0.9.0,<1.0.0"


def nothing_to_install_from(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Neither file is in the package."""
    if plugin.required.chosen:
        return
    message = "neither pyproject.toml nor requirements.txt is in the package"
    advice = "Write a requirements.txt with the line `dify_plugin>=0.9.0,<1.0.0`."
    place = Place("manifest.yaml")
    for name in (REQUIREMENTS, PYPROJECT):
        line = plugin.ignore_file.line_against(name)
        if line and (plugin.folder / name).is_file():
            message = f"`{line.text}` keeps {name} out of the package, and Dify installs from it"
            advice = "Take the line out or narrow it; a `!` line after it takes nothing back."
            place = plugin.ignore_file.place(line)
    yield Finding(place, "DE820", message, advice, (AT_INSTALLATION,))


def sdk_not_required(plugin: CheckedPlugin) -> Iterator[Finding]:
    """The SDK is not named: it is missing, or comes with something else that is."""
    file = plugin.required.file
    if file is None or file.sdk or not file.is_plain or _has_other_sources(file):
        return
    place = file.place("[project]")
    if file.requirements:
        message = f"`dify_plugin` is not among what {file.name} asks for"
        yield Finding(place, "DE822", message, _ADVICE, (AT_LOAD,))
        return
    message = f"{file.name} asks for nothing, and so Dify installs no `dify_plugin`"
    if file.name == PYPROJECT and REQUIREMENTS in plugin.package:
        message += f": it does not read {REQUIREMENTS} beside it"
    yield Finding(place, "DE821", message, _ADVICE, (AT_LOAD,))


def unusable_pyproject(plugin: CheckedPlugin) -> Iterator[Finding]:
    """What uv refuses to read."""
    required = plugin.required
    if required.broken:
        message = f"{PYPROJECT} {required.broken}"
        by = (AT_INSTALLATION,)
        yield Finding(required.broken.place, "DE823", message, "Mend the file.", by)
    elif required.file and isinstance(project := required.file.data.get("project"), dict):
        yield from _wrong_project(project, partial(_unusable, required.file))


def _unusable(file: RequirementsFile, word: str, message: str, advice: str) -> Finding:
    return Finding(file.place(word), "DE823", message, advice, (AT_INSTALLATION,))


def _wrong_project(project: dict[str, Any], finding: "partial[Finding]") -> Iterator[Finding]:
    name = project.get("name")
    if name is None:
        yield finding("[project]", "`project.name` is missing", 'Write `name = "..."`.')
    elif not isinstance(name, str) or not _NAME.fullmatch(name):
        advice = "Use letters, digits, `-`, `_` and `.`, with a letter or digit at both ends."
        yield finding("name", f"`project.name` is {name!r}, which uv refuses", advice)
    dynamic = project.get("dynamic", [])
    version = project.get("version")
    if version is None and not (isinstance(dynamic, list) and "version" in dynamic):
        yield finding("[project]", "`project.version` is missing", 'Write `version = "0.0.1"`.')
    elif version is not None and not re.match(r"\s*v?\d", str(version)):
        message = f"`project.version` is {version!r}, which is no version"
        yield finding("version", message, 'Write `version = "0.0.1"`.')
    if not isinstance(project.get("dependencies", []), list):
        message = "`project.dependencies` should be a list"
        yield finding("dependencies", message, "Put what is there into brackets.")
    python = project.get("requires-python", "")
    if not isinstance(python, str) or re.match(r"\s*[^\s<>=!~]", python):
        message = f"`project.requires-python` is {python!r}, which lacks an operator"
        yield finding("requires-python", message, 'Write ">=3.12".')


def _has_other_sources(file: RequirementsFile) -> bool:
    """Whether a pyproject.toml may have something installed beside its dependencies."""
    project, tool = file.data.get("project"), file.data.get("tool")
    uv = tool.get("uv") if isinstance(tool, dict) else None
    return "dependencies" in (project.get("dynamic", ()) if isinstance(project, dict) else ()) or (
        isinstance(uv, dict) and not uv.keys().isdisjoint(("default-groups", "workspace"))
    )
