"""The texts that Dify shows of a plugin (AvailableI18nReadme in D pkg/plugin_packager/decoder).

`README.md` is the English one; others are `readme/README_zh_Hans.md` and their like.
"""

import re
from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.findings import BY_DAEMON, Finding, Place
from emulator.check.names import nearest

_README = "README.md"
_TRANSLATED = re.compile(r"readme/README_[a-z]{2}_[A-Za-z]{2,}\.md", re.ASCII)
_MEANT = re.compile(
    r"(?:readme/)?readme[._-]?(?P<language>[a-z]{2})(?:[-_](?P<region>[a-z]{2,4}))?\.md",
    re.IGNORECASE | re.ASCII,
)
_REGIONS = {"zh": "Hans", "ja": "JP", "pt": "BR"}
"""Those of the languages that Dify speaks."""


def readmes(plugin: CheckedPlugin) -> Iterator[Finding]:
    """None at all, and those that nobody finds by their names."""
    if not plugin.package.is_whole:
        return
    names = {each.name for each in plugin.package.files}
    if _README not in names:
        yield _missing(plugin, names)
        return
    for name in sorted(names):
        meant = _MEANT.fullmatch(name)
        if meant and not _TRANSLATED.fullmatch(name):
            message = f"{name} is shown to nobody: Dify does not know it by this name"
            advice = f"Name it {_right_name(meant)}."
            yield Finding(Place(name), "DE812", message, advice, (BY_DAEMON,))


def _right_name(meant: re.Match[str]) -> str:
    language = meant["language"].lower()
    region = meant["region"] or _REGIONS.get(language, language.upper())
    return f"readme/README_{language}_{region}.md"


def _missing(plugin: CheckedPlugin, names: set[str]) -> Finding:
    by = (BY_DAEMON,)
    if line := plugin.ignore_file.line_against(_README):
        message = f"`{line.text}` keeps {_README} out of the package, and Dify fails to show it"
        return Finding(plugin.ignore_file.place(line), "DE811", message, "Take the line out.", by)
    message = f"there is no {_README}, and Dify fails to show what the plugin is for"
    near = nearest(_README, [each for each in names if "/" not in each and each.endswith(".md")])
    advice = f"Rename {near} to it." if near else "Write one, in English."
    return Finding(Place("manifest.yaml"), "DE811", message, advice, by)
