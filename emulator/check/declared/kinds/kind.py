"""What a kind of declaration is: its shape, the files that it names, the code that it needs."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from emulator.check.declared.shapes import BOTH, Readers, Shape
from emulator.check.findings import AT_LOAD, AT_PACKAGING, By


class Source(NamedTuple):
    """A Python file that the SDK loads a class from (S core/plugin_registration.py)."""

    path: tuple[str, ...]
    """Where the declaration names it; a list there names several."""
    base: str
    """The SDK's class whose subclass it has to hold, by its name in `dify_plugin`'s own code."""
    several: bool = False
    """Whether any number of subclasses may be in it."""


class Items(NamedTuple):
    """Further declarations that one names."""

    path: tuple[str, ...]
    """Where it names them."""
    kind: "Kind"
    one: bool = False
    """Whether the name of one stands there, and no list."""
    kinds: Mapping[str, "Kind"] = MappingProxyType({})
    chosen_by: str = ""
    """The field whose word decides on another of these kinds."""
    readers: Readers = BOTH


class Globs(NamedTuple):
    """Further declarations, by the patterns of their files."""

    path: tuple[str, ...]
    kind: "Kind"
    positions: "Kind"
    """The kind of the files whose names end in `_position.yaml`."""


class Kind(NamedTuple):
    """A kind of declaration."""

    name: str
    """As shown: "tool", "endpoint group"."""
    shape: Shape
    items: tuple[Items, ...] = ()
    globs: tuple[Globs, ...] = ()
    sources: tuple[Source, ...] = ()
    missed_by: By = (AT_LOAD, AT_PACKAGING)
    """Who refuses the plugin if the file is not there: for the SDK it is one without fields."""
