"""The paths of declarations, as they are looked up in a package.

A folder knows a file by many names, `./a.yaml` and `b/../a.yaml`; a package knows `a.yaml` alone
(Go's fs.ValidPath in D pkg/plugin_packager/decoder/zip.go).
"""

import posixpath
from collections.abc import Iterator

import yaml

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.declarations import KINDS, is_file, named_by
from emulator.check.declared.document import Document, Node, items
from emulator.check.findings import AT_INSTALLATION, AT_PACKAGING, Finding


def paths(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Paths that packaging follows, and that the installation of the package does not."""
    for document, node in _named(plugin):
        if not isinstance(node, yaml.ScalarNode) or not node.value or _is_plain(node.value):
            continue
        if not is_file(plugin.folder / node.value):
            continue  # told as not there
        clean = posixpath.normpath(node.value)
        leaves = clean.startswith(("/", "../"))
        message = f"the package knows no file by the path {node.value!r}"
        advice = "Put the file into the plugin's folder." if leaves else f"Write {clean}."
        # the packager puts its folder before `/`, where the SDK looks from the root
        by = (AT_PACKAGING if node.value.startswith("/") else AT_INSTALLATION,)
        yield Finding(document.place(node), "DE643", message, advice, by)


def _is_plain(path: str) -> bool:
    return not any(each in ("", ".", "..") for each in path.split("/"))


def _named(plugin: CheckedPlugin) -> Iterator[tuple[Document, Node]]:
    manifest = plugin.declarations.manifest
    for key in KINDS if manifest else ():
        if manifest is not None:
            yield from ((manifest, each) for each in items(manifest.find("plugins", key)))
    for declared in plugin.declarations.declared:
        for inner in declared.kind.items:
            for each in named_by(inner, declared.document.find(*inner.path)):
                yield declared.document, each
