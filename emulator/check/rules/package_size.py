"""How large a package may be, uncompressed."""

from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.findings import AT_INSTALLATION, AT_PACKAGING, Finding

LARGEST = 50 * 1024 * 1024
"""D cmd/commandline/plugin.go (`--max-size`), internal/types/app/default.go."""


def package_size(plugin: CheckedPlugin) -> Iterator[Finding]:
    """More than the packager takes, with what takes the most of it."""
    package = plugin.package
    if package.size <= LARGEST:
        return
    largest = sorted(package.files, key=lambda each: each.size, reverse=True)[:5]
    shown = ", ".join(f"{each.name} ({each.size})" for each in largest)
    at_least = "" if package.is_whole else "at least "
    message = f"the package would hold {at_least}{package.size} bytes; {LARGEST} are allowed"
    advice = f"Keep out what the plugin does not need. The largest files: {shown}."
    place = plugin.ignore_file.place()
    yield Finding(place, "DE808", message, advice, (AT_PACKAGING, AT_INSTALLATION))
