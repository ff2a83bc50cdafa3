"""Icons that are not where Dify looks for them.

Names count from `_assets`. The packager looks at most of them (CheckAssetsValid in
D pkg/plugin_packager/decoder/helper.go), the daemon at all when it installs a plugin or takes one
up for debugging (RemapAssets in D internal/core/plugin_manager/media_transport/assets.go). Of
several providers the last is packaged, and the first debugged.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.declarations import Declared
from emulator.check.declared.document import Document, Node, kind_of
from emulator.check.declared.kinds.agent import AGENT_STRATEGY_PROVIDER
from emulator.check.declared.kinds.datasource import DATASOURCE_PROVIDER
from emulator.check.declared.kinds.kind import Kind
from emulator.check.declared.kinds.model_provider import MODEL_PROVIDER
from emulator.check.declared.kinds.tool import TOOL_PROVIDER
from emulator.check.declared.kinds.trigger import TRIGGER_PROVIDER
from emulator.check.findings import (
    AT_DEBUGGING,
    AT_INSTALLATION,
    AT_LOAD,
    AT_PACKAGING,
    By,
    Finding,
    Place,
)
from emulator.check.names import did_you_mean

FOLDER = "_assets"

_LANGUAGES = ("en_US", "zh_Hans", "ja_JP", "pt_BR")
_ICON, _DARK = ("identity", "icon"), ("identity", "icon_dark")


class _Looked(NamedTuple):
    """Where a declaration names icons, and who goes after them before debugging."""

    packaged: tuple[tuple[str, ...], ...] = ()
    installed: tuple[tuple[str, ...], ...] = ()


def _by_language(*names: str) -> tuple[tuple[str, ...], ...]:
    return tuple((name, language) for name in names for language in _LANGUAGES)


_MANIFEST = _Looked(packaged=(("icon",), ("icon_dark",)))
_DATASOURCE = _Looked(installed=(_ICON,))

_PROVIDERS: tuple[tuple[Kind, _Looked], ...] = (
    (TOOL_PROVIDER, _Looked((_ICON,), (_DARK,))),
    (TRIGGER_PROVIDER, _Looked((_ICON,), (_DARK,))),
    (DATASOURCE_PROVIDER, _Looked((_ICON,))),
    (AGENT_STRATEGY_PROVIDER, _Looked((), (_ICON, _DARK))),
    (
        MODEL_PROVIDER,
        _Looked(
            _by_language("icon_small", "icon_large"),
            _by_language("icon_small_dark", "icon_large_dark"),
        ),
    ),
)


def missing_icons(plugin: CheckedPlugin) -> Iterator[Finding]:
    """A folder that is not there, or icons that are not in it."""
    manifest = plugin.declarations.manifest
    if manifest is None:
        return
    if not (plugin.folder / FOLDER).is_dir():
        yield _no_folder(manifest)
        return
    assets = _files(plugin.folder / FOLDER)
    yield from _missing(manifest, _MANIFEST, assets)
    for provider, looked, packaged, debugged in _looked_at(plugin):
        yield from _missing(provider.document, looked, assets, packaged, debugged)


def named_icons(plugin: CheckedPlugin) -> Iterator[str]:
    """The files that an installation needs for icons, by their names in the plugin's folder."""
    documents = [(plugin.declarations.manifest, _MANIFEST)]
    documents += [(each.document, looked) for each, looked, *_ in _looked_at(plugin)]
    for document, looked in documents:
        for path in (*looked.packaged, *looked.installed):
            if document and (name := document.text(*path)):
                yield f"{FOLDER}/{name}"


def _looked_at(plugin: CheckedPlugin) -> Iterator[tuple[Declared, _Looked, bool, bool]]:
    """Declarations that name icons; whether each is packaged, and whether it is debugged."""
    for kind, looked in _PROVIDERS:
        providers = list(plugin.declarations.of(kind))
        for provider in providers:
            packaged, debugged = provider is providers[-1], provider is providers[0]
            yield provider, looked, packaged, debugged
            if kind is DATASOURCE_PROVIDER:
                for each in plugin.declarations.declared:
                    if each.parent is provider:
                        yield each, _DATASOURCE, packaged, debugged


def _missing(
    document: Document,
    looked: _Looked,
    assets: list[str],
    packaged: bool = True,
    debugged: bool = True,
) -> Iterator[Finding]:
    at_debugging = (AT_DEBUGGING,) if debugged else ()
    for paths, who in ((looked.packaged, AT_PACKAGING), (looked.installed, AT_INSTALLATION)):
        by = (*((who,) if packaged else ()), *at_debugging)
        for path in paths:
            node = document.find(*path)
            if node is not None and kind_of(node) == "text" and node.value != "":
                yield from _not_found(document, ".".join(path), node, assets, by)


def _not_found(
    document: Document, field: str, node: Node, assets: list[str], by: By
) -> Iterator[Finding]:
    name = str(node.value)
    place = document.place(node)
    if name not in assets:
        message = f"`{field}` is {name!r}, and there is no such file in `{FOLDER}`"
        yield Finding(place, "DE801", message, _advice(name, assets), by)
    elif "/" in name and AT_DEBUGGING in by:
        message = f"`{field}` is {name!r}: the SDK sends no files of folders in `{FOLDER}`"
        advice = f"Put the file into `{FOLDER}` itself."
        yield Finding(place, "DE801", message, advice, (AT_DEBUGGING,))


def _advice(name: str, assets: list[str]) -> str:
    short = name.removeprefix("./").removeprefix(f"{FOLDER}/")
    if short != name and short in assets:
        return f"Write {short!r}: names count from `{FOLDER}`."
    return did_you_mean(name, assets) or f"Put that file into `{FOLDER}`."


def _no_folder(manifest: Document) -> Finding:
    node = manifest.find("icon")
    place = manifest.place(node) if node is not None else Place(manifest.name)
    message = f"there is no folder `{FOLDER}`"
    return Finding(
        place, "DE802", message, "Make it, with the icons in it.", (AT_LOAD, AT_PACKAGING)
    )


def _files(folder: Path) -> list[str]:
    """All of its files, as deep as they lie: the packager goes into no links to folders."""
    return [
        Path(place, name).relative_to(folder).as_posix()
        for place, _, names in os.walk(folder)
        for name in names
    ]
