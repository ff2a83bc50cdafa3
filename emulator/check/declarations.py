"""A plugin's declarations as they lie in its folder: the manifest, and what it leads to."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from emulator.check.document import Document, Node, Unreadable, is_null, items, read_document
from emulator.check.findings import AT_LOAD, AT_PACKAGING, Finding, Place
from emulator.check.kinds.endpoint import ENDPOINT_GROUP
from emulator.check.kinds.kind import Kind
from emulator.check.kinds.manifest import MANIFEST
from emulator.check.kinds.tool import TOOL_PROVIDER
from emulator.check.names import did_you_mean
from emulator.check.shapes import Spot

MANIFEST_FILE = "manifest.yaml"

KINDS = {
    "tools": TOOL_PROVIDER,
    "endpoints": ENDPOINT_GROUP,
}
"""By their lists under `plugins` in the manifest."""


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """One declaration."""

    kind: Kind
    document: Document
    parent: "Declared | None" = None
    """The provider that names it."""

    @property
    def name(self) -> str | None:
        """Its identity's name."""
        return self.document.text("identity", "name")


class Declarations:
    """All of a plugin's declarations that can be read, and what is wrong with their files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[Finding] = []
        self.manifest = self._read(MANIFEST_FILE)
        self.declared: list[Declared] = []
        for key, kind in KINDS.items():
            for node in items(self.manifest.find("plugins", key) if self.manifest else None):
                if self.manifest is not None:
                    self._follow(kind, self.manifest, node, None)

    def of(self, *kinds: Kind) -> Iterator[Declared]:
        """Those of some kinds."""
        return (each for each in self.declared if each.kind in kinds)

    def check_shapes(self) -> Iterator[Finding]:
        """What is wrong with the files and their shapes."""
        yield from self.findings
        if self.manifest is not None:
            yield from MANIFEST.check(Spot(self.manifest, ""), self.manifest.root)
        for each in self.declared:
            yield from each.kind.shape.check(Spot(each.document, ""), each.document.root)

    def _follow(self, kind: Kind, names: Document, node: Node, parent: Declared | None) -> None:
        if not isinstance(node, yaml.ScalarNode) or is_null(node):
            return  # told as a wrong shape
        if not (self.folder / node.value).is_file():
            self.findings.append(_not_there(self.folder, kind, names.place(node), node.value))
        elif (document := self._read(node.value)) is not None:
            declared = Declared(kind, document, parent)
            self.declared.append(declared)
            for each in kind.items:
                for item in items(document.find(*each.path)):
                    self._follow(each.kind, document, item, declared)

    def _read(self, name: str) -> Document | None:
        try:
            return read_document(self.folder, name)
        except Unreadable as unreadable:
            self.findings.append(unreadable.finding)
            return None


def _not_there(folder: Path, kind: Kind, place: Place, name: str) -> Finding:
    there = [each.relative_to(folder).as_posix() for each in folder.glob("*/*.yaml")]
    advice = did_you_mean(name, there) or f"Write that file, or take the {kind.name} out."
    message = f"there is no file {name!r}"
    return Finding(place, "DE601", message, advice, (AT_LOAD, AT_PACKAGING))
