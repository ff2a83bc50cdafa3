"""Files that the plugin needs, and that its ignore file keeps out of the package.

The packager itself does not miss them: it reads the folder.
"""

import posixpath
from collections import defaultdict
from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.declarations import is_file
from emulator.check.findings import AT_INSTALLATION, AT_LOAD, By, Finding, joined
from emulator.check.package.ignore_file import Line
from emulator.check.rules.icons import named_icons


def left_out(plugin: CheckedPlugin) -> Iterator[Finding]:
    """One finding for each line that does so."""
    ignore_file = plugin.ignore_file
    if not ignore_file.lines:
        return
    by_line: dict[Line, dict[str, By]] = defaultdict(dict)
    for name, by in _needed(plugin):
        if line := ignore_file.line_against(name):
            by_line[line][name] = joined(by, by_line[line].get(name, ()))
    for line, names in by_line.items():
        first, *others = sorted(names)
        more = f" and {len(others)} more" if others else ""
        message = f"`{line.text}` keeps {first}{more} out of the package, which the plugin needs"
        advice = "Take the line out or narrow it; a `!` line after it takes nothing back."
        yield Finding(ignore_file.place(line), "DE810", message, advice, joined(*names.values()))


def _needed(plugin: CheckedPlugin) -> Iterator[tuple[str, By]]:
    """The plugin's files that somebody misses, each perhaps more than once."""
    yield "manifest.yaml", (AT_INSTALLATION,)
    for each in plugin.declarations.declared:
        globs = each.parent.kind.globs if each.parent else ()
        if not any(each.kind in (some.kind, some.positions) for some in globs):
            yield from _there(plugin, each.document.name, (AT_INSTALLATION,))
    for module in plugin.loading.modules:
        yield module.file, (AT_LOAD,)
    for icon in named_icons(plugin):
        yield from _there(plugin, icon, (AT_INSTALLATION,))


def _there(plugin: CheckedPlugin, name: str, by: By) -> Iterator[tuple[str, By]]:
    name = posixpath.normpath(name)
    if not name.startswith(("/", "..")) and is_file(plugin.folder / name):
        yield name, by
