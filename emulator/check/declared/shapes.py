"""What a declaration has to look like, as data: shapes, and the fields of a mapping.

Two programs read each declaration, and not in the same way. Go (the packager and the daemon)
decodes it with yaml.v3 into structs: a number is taken for text, `"true"` is no boolean, what a
struct does not know is dropped. The SDK reads it with PyYAML into pydantic models: the reverse.
Each shape says which of them refuses what.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import NamedTuple, Protocol

import yaml

from emulator.check.declared.document import Document, Entry, Node
from emulator.check.findings import AT_DEBUGGING, AT_LOAD, AT_PACKAGING, By, Finding


class Readers(Flag):
    """Who decodes a field at all."""

    GO = auto()
    SDK = auto()
    BOTH = GO | SDK


GO, SDK, BOTH = Readers.GO, Readers.SDK, Readers.BOTH


class Spot(NamedTuple):
    """A value in a document, by the fields that lead to it, and who reads it."""

    document: Document
    path: str
    """As shown: `identity.label`, `parameters[2].name`."""
    readers: Readers = BOTH
    parent: "Level | None" = None

    def finding(self, code: str, node: Node, message: str, advice: str, by: By) -> Finding:
        return Finding(self.document.place(node), code, message, advice, by)

    def under(self, name: str, readers: Readers, level: "Level") -> "Spot":
        path = f"{self.path}.{name}" if self.path else name
        return Spot(self.document, path, self.readers & readers, level)

    def item(self, number: int) -> "Spot":
        return self._replace(path=f"{self.path}[{number}]")

    def read_by(self, readers: Readers) -> "Spot":
        """The same, for those of its readers only."""
        return self._replace(readers=self.readers & readers)

    def refused(self, by_go: bool, by_sdk: bool) -> By:
        """Who of those that read this spot refuse to decode it."""
        go = AT_PACKAGING if by_go and Readers.GO in self.readers else None
        sdk = AT_LOAD if by_sdk and Readers.SDK in self.readers else None
        return tuple(each for each in (sdk, go) if each)

    def minded(self, by: By) -> By:
        """Those of some that read this spot. For debugging the SDK sends what it has read."""
        readers = {AT_LOAD: SDK, AT_DEBUGGING: BOTH}
        return tuple(each for each in by if readers.get(each, GO) in self.readers)


@dataclass(frozen=True, slots=True)
class Level:
    """A mapping on the way down to a spot: fields at the wrong level belong to one of these."""

    fields: Mapping[str, "Field"]
    node: yaml.MappingNode
    path: str
    parent: "Level | None"
    present: Mapping[str, Entry]
    claimed: dict[str, Entry] = field(default_factory=dict)
    """Needed fields of this level that were met elsewhere."""

    @property
    def unknown(self) -> list[Entry]:
        return [each for name, each in self.present.items() if name not in self.fields]


class Shape(Protocol):
    """What a value has to be."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        """What of a value is not so."""
        ...


class Field(NamedTuple):
    """A field of a mapping."""

    shape: Shape
    needed: By = ()
    """Who refuses the mapping without it."""
    readers: Readers = BOTH
    nullable: bool = False
    """Whether the SDK takes `null` for it; Go does always, as if nothing were there."""
    or_empty: bool = False
    """Whether the SDK takes anything empty for it, whatever its kind, as if nothing were there."""


Also = Callable[[Spot, Node], Iterator[Finding]]
"""A rule over several fields of one mapping."""
