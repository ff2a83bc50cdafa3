"""What a kind of declaration is: its shape, the files that it names, the code that it needs."""

from dataclasses import dataclass

from emulator.check.mappings import Map


@dataclass(frozen=True, slots=True)
class Source:
    """A Python file that the SDK loads a class from (S core/plugin_registration.py)."""

    path: tuple[str, ...]
    """Where the declaration names it; a list there names several."""
    base: str
    """The SDK's class whose subclass it has to hold, by its name in `dify_plugin`'s own code."""
    several: bool = False
    """Whether more than one subclass may be in it."""


@dataclass(frozen=True, slots=True)
class Items:
    """Further declarations that one names."""

    path: tuple[str, ...]
    kind: "Kind"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of declaration."""

    name: str
    """As shown: "tool", "endpoint group"."""
    shape: Map
    items: tuple[Items, ...] = ()
    sources: tuple[Source, ...] = ()
