"""A plugin's declarations as they lie in its folder: the manifest, and what it leads to."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from emulator.check.declared.document import Document, Node, Unreadable, is_null, read_document
from emulator.check.declared.document import items as items_of
from emulator.check.declared.kinds.agent import AGENT_STRATEGY_PROVIDER
from emulator.check.declared.kinds.datasource import DATASOURCE_PROVIDER
from emulator.check.declared.kinds.endpoint import ENDPOINT, ENDPOINT_GROUP
from emulator.check.declared.kinds.kind import Globs, Items, Kind
from emulator.check.declared.kinds.manifest import MANIFEST
from emulator.check.declared.kinds.model import POSITIONS
from emulator.check.declared.kinds.model_provider import MODEL_PROVIDER
from emulator.check.declared.kinds.tool import TOOL_PROVIDER
from emulator.check.declared.kinds.trigger import TRIGGER_PROVIDER
from emulator.check.declared.model_files import model_files
from emulator.check.declared.shapes import BOTH, SDK, Readers, Spot
from emulator.check.findings import AT_LOAD, Finding, Place
from emulator.check.names import did_you_mean
from emulator.check.once import once_a_file

MANIFEST_FILE = "manifest.yaml"

KINDS = {
    "tools": TOOL_PROVIDER,
    "models": MODEL_PROVIDER,
    "endpoints": ENDPOINT_GROUP,
    "agent_strategies": AGENT_STRATEGY_PROVIDER,
    "datasources": DATASOURCE_PROVIDER,
    "triggers": TRIGGER_PROVIDER,
}
"""By their lists under `plugins` in the manifest."""


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """One declaration."""

    kind: Kind
    document: Document
    parent: "Declared | None" = None
    """The provider that names it."""
    readers: Readers = BOTH
    """Who finds it."""

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
            for node in items_of(self.manifest.find("plugins", key) if self.manifest else None):
                if self.manifest is not None:
                    self._follow(Items((), kind), self.manifest, node, None)

    def of(self, *kinds: Kind) -> Iterator[Declared]:
        """Those of some kinds."""
        return (each for each in self.declared if each.kind in kinds)

    def check_shapes(self) -> Iterator[Finding]:
        """What is wrong with the files and their shapes."""
        return once_a_file(self._shapes())

    def _shapes(self) -> Iterator[Finding]:
        yield from self.findings
        if self.manifest is not None:
            yield from MANIFEST.check(Spot(self.manifest, ""), self.manifest.root)
        for each in self.declared:
            spot = Spot(each.document, "", each.readers)
            yield from each.kind.shape.check(spot, each.document.root)

    def _follow(self, items: Items, names: Document, node: Node, parent: Declared | None) -> None:
        """A declaration that is named, or that stands there itself."""
        word = parent.document.text(items.chosen_by) if parent and items.chosen_by else None
        kind = items.kinds.get(word or "", items.kind)
        if isinstance(node, yaml.MappingNode):
            if kind is ENDPOINT:
                self._add(Declared(kind, Document(names.name, node), parent, items.readers))
        elif not isinstance(node, yaml.ScalarNode) or is_null(node):
            return  # told as a wrong shape
        elif not is_file(self.folder / node.value):
            self.findings.append(self._not_there(kind, names.place(node), node.value))
        elif (document := self._read(node.value, kind)) is not None:
            self._add(Declared(kind, document, parent, items.readers))

    def _add(self, declared: Declared) -> None:
        self.declared.append(declared)
        for items in declared.kind.items:
            for node in named_by(items, declared.document.find(*items.path)):
                self._follow(items, declared.document, node, declared)
        for globs in declared.kind.globs:
            for node in items_of(declared.document.find(*globs.path)):
                self._look_for(globs, node, declared)

    def _look_for(self, globs: Globs, node: Node, parent: Declared) -> None:
        """The files of a pattern."""
        if not isinstance(node, yaml.ScalarNode) or is_null(node):
            return
        try:
            files = model_files(self.folder, node.value)
        except ValueError as error:
            message = f"{node.value!r} is no pattern that the SDK takes: {error}"
            place = parent.document.place(node)
            advice = "Write it such as models/llm/*.yaml."
            self.findings.append(Finding(place, "DE612", message, advice, (AT_LOAD,)))
            return
        for name, readers in files:
            if name.endswith("_position.yaml"):
                kind, readers = globs.positions, SDK
            else:
                kind = globs.kind
            if (document := self._read(name, kind)) is not None:
                self._add(Declared(kind, document, parent, readers))

    def _read(self, name: str, kind: Kind | None = None) -> Document | None:
        try:
            return read_document(self.folder, name, a_list=kind is POSITIONS)
        except Unreadable as unreadable:
            self.findings.append(unreadable.finding)
            return None

    def _not_there(self, kind: Kind, place: Place, name: str) -> Finding:
        there = [
            each.relative_to(self.folder).as_posix()
            for depth in ("*/*.yaml", "*/*/*.yaml")
            for each in self.folder.glob(depth)
        ]
        advice = did_you_mean(name, there) or f"Write that file, or take the {kind.name} out."
        message = f"there is no file {name!r}"
        return Finding(place, "DE601", message, advice, kind.missed_by)


def named_by(items: Items, node: Node | None) -> list[Node]:
    """What stands where a declaration names others."""
    if items.one:
        return [node] if node is not None else []
    return items_of(node)


def is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False
