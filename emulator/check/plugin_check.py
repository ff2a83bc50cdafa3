"""`check`: all that is wrong with a plugin, found without running any of its code."""

from collections.abc import Callable, Iterator
from pathlib import Path

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declarations import MANIFEST_FILE
from emulator.check.findings import Finding
from emulator.errors import PluginLoadError

Rule = Callable[[CheckedPlugin], Iterator[Finding]]


def _shapes(plugin: CheckedPlugin) -> Iterator[Finding]:
    return plugin.declarations.check_shapes()


RULES: tuple[Rule, ...] = (_shapes,)


def check_plugin(folder: Path) -> list[Finding]:
    """Everything that is wrong, in the order of the places. Raises PluginLoadError: no plugin."""
    if not folder.is_dir():
        raise PluginLoadError(
            f"{folder}: there is no such folder.", advice="Name a plugin's folder."
        )
    if not (folder / MANIFEST_FILE).is_file():
        raise PluginLoadError(
            f"{folder}: there is no manifest.yaml, so this is not a plugin.",
            advice="Go into a plugin's folder, or name one.",
        )
    plugin = CheckedPlugin(folder)
    found = {each for rule in RULES for each in rule(plugin) if each.by}
    return sorted(found)
