"""Links that the packager cannot follow: it reads each as if it were a file."""

from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.findings import AT_PACKAGING, Finding


def unreadable_links(plugin: CheckedPlugin) -> Iterator[Finding]:
    """To folders and to nothing. One finding for all: the packager stops at the first."""
    links = sorted(plugin.package.unreadable)
    if not links:
        return
    others = f", and {len(links) - 1} more" if len(links) > 1 else ""
    message = f"`{links[0]}` is a link to a folder or to nothing, which cannot be packaged{others}"
    advice = f"Put what it stands for in its place, or keep `{links[0]}` out with .difyignore."
    yield Finding(plugin.ignore_file.place(), "DE809", message, advice, (AT_PACKAGING,))
