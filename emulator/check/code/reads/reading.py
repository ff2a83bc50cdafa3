"""What code reads of a mapping that Dify fills."""

import ast
from dataclasses import dataclass, field

from emulator.check.code.modules import Module
from emulator.check.findings import Place


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text as it stands in a module."""

    module: Module
    node: ast.Constant

    @property
    def value(self) -> str:
        return str(self.node.value)

    @property
    def place(self) -> Place:
        return self.module.place(self.node)


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """One key that is read."""

    key: Text
    must_be_there: bool
    """Whether a missing key is a KeyError: `x["key"]`, and nothing around it catches that."""
    certain: bool
    """Whether what is read is surely that mapping, and no other that has taken its name."""


@dataclass(slots=True)
class Reads:
    """All that is read of a mapping."""

    reads: list[Read] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    """Keys that the code itself puts in."""
    whole: bool = False
    """Whether it is used in ways that do not tell the keys: each of them may be read."""
    filled: bool = False
    """Whether keys may be put in that cannot be told."""

    @property
    def keys(self) -> set[str]:
        return {each.key.value for each in self.reads}

    @property
    def expected(self) -> set[str]:
        """The keys that the code looks for before it takes them to be there, or need not."""
        return {each.key.value for each in self.reads if not each.must_be_there}

    def lose_sight(self) -> None:
        """The mapping goes where nothing is known of it."""
        self.whole = self.filled = True
