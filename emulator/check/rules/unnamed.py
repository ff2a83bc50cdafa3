"""Declarations that lie beside the others, and that no provider names."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.declarations import Declared
from emulator.check.declared.document import Unreadable, read_document
from emulator.check.findings import AT_LOAD, AT_PACKAGING, Finding, Place


def unnamed(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Files in the folders of named ones that look as those do."""
    named = {each.document.name for each in plugin.declarations.declared}
    for folder, provider in _folders(plugin.declarations.declared).items():
        for path in sorted((plugin.folder / folder).glob("*.yaml")):
            name = (PurePosixPath(folder) / path.name).as_posix()
            if name not in named and _is_declaration(plugin, name):
                message = f"{provider} does not name this file, and so Dify does not know of it"
                advice = f"List `{name}` there, or remove the file."
                yield Finding(Place(name), "DE615", message, advice, (AT_LOAD, AT_PACKAGING))


def _folders(declared: list[Declared]) -> dict[str, str]:
    """The folders of what has a name and a provider, with the provider's file."""
    return {
        str(PurePosixPath(each.document.name).parent): each.parent.document.name
        for each in declared
        if each.parent is not None and each.name is not None
    }


def _is_declaration(plugin: CheckedPlugin, name: str) -> bool:
    try:
        document = read_document(plugin.folder, name)
    except Unreadable:
        return False
    names = (("identity", "name"), ("extra", "python", "source"))
    return all(document.text(*path) is not None for path in names)
