"""What is surely imported when a plugin is loaded: neither in a function nor in a branch.

An import in a `try` with handlers is not among them, for that may fail.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from emulator.check.code.bindings import Imported
from emulator.check.code.classes import Classes
from emulator.check.code.modules import Module, Modules


class Import(NamedTuple):
    """An import of a module, or of one name out of it."""

    statement: ast.stmt
    alias: ast.alias
    module: str | None
    """Its full name; None if too many dots lead out of the plugin."""
    name: str | None
    """What is imported out of it; `*` for all, None if it is the module itself."""


class Loading:
    """What runs when a plugin is loaded, as far as that is certain."""

    def __init__(self, modules: Modules, classes: Classes, first: Iterable[Module]) -> None:
        """``first``: what the SDK and Python run by themselves: the sources and the entrypoint."""
        self._modules = modules
        self._classes = classes
        self._first = list(first)
        self._folders = {each.name.partition(".")[0] for each in self._first}

    @cached_property
    def modules(self) -> list[Module]:
        """What surely runs: the first of all, and what they import in any case."""
        waiting = list(self._first)
        loaded: dict[Module, None] = {}
        while waiting:
            module = waiting.pop()
            if module not in loaded:
                loaded[module] = None
                waiting += self._with_packages(module.package)
                for each in self.imports(module):
                    waiting += self._run_by(each)
        return list(loaded)

    def imports(self, module: Module) -> Iterator[Import]:
        """What a module imports when it is loaded."""
        for bound in self._classes.bindings(module).values():
            for each in bound:
                value, alias = each.value, each.alias
                if each.sure and isinstance(value, Imported) and alias is not None:
                    of = self._classes.imported_module(module, value)
                    target = alias.name if value.name is None else of
                    yield Import(each.statement, alias, target, value.name)

    def is_own(self, name: str) -> bool:
        """Whether a module's name leads into the plugin, whatever else is installed.

        The plugin's folder comes first on the path. But a folder without `__init__.py` gives way
        to any package of its name, so that only those of the sources are taken for the plugin's.
        """
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names:
            return False  # Python may have loaded its own by then
        return top in self._folders or self._modules.named(top) is not None

    def _run_by(self, imported: Import) -> list[Module]:
        if imported.module is None or not self.is_own(imported.module):
            return []
        found = self._with_packages(imported.module)
        of = self._modules.named(imported.module)
        if imported.name is None or (of and imported.name in self._classes.bindings(of)):
            return found
        return found + self._with_packages(f"{imported.module}.{imported.name}")

    def _with_packages(self, name: str) -> list[Module]:
        """A module, and the packages around it, which run before it."""
        parts = name.split(".")
        names = (".".join(parts[:count]) for count in range(1, len(parts) + 1))
        return [module for each in names if (module := self._modules.named(each)) is not None]
