"""What the names in a plugin's code stand for, and what its classes are derived from.

All of it is read from the syntax trees. What reading cannot tell is None, and a rule says nothing
about it. ``plugin.classes`` is a `Classes`:

- ``resolve(module, expression)``: what a name or a dotted name means at the top level of a module:
  one of the plugin's own classes or functions, or the full dotted name of anything else;
- ``of_module(module)``: the classes that are defined there;
- ``sdk_base(cls)``: the nearest class of the SDK that a class is derived from, by its name;
- ``is_a(cls, "Tool")``: whether it is derived from one; None if that cannot be told;
- ``methods(cls)``: its methods by name, those of the plugin's own classes above it included, each
  with the module it stands in and its function; ``method(cls, name)`` for one;
- ``lineage(cls)``: the plugin's classes in it, nearest first, and whether that is all there is.

Which class the SDK takes for which declaration is told by `emulator.check.code.sources`.
"""

import ast
import builtins
import sys
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import NamedTuple, TypeVar

from emulator.check.code.bindings import STAR, Binding, Imported, bindings
from emulator.check.code.modules import Module, Modules
from emulator.check.code.sdk_classes import SDK_CLASSES, sdk_class

_T = TypeVar("_T")

_DEEPEST = 30
"""How many names, or classes, are followed one from the other: more are no plugin's."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


class PluginClass(NamedTuple):
    """A class of one of the plugin's modules."""

    module: Module
    node: ast.ClassDef

    @property
    def name(self) -> str:
        return self.node.name


class PluginFunction(NamedTuple):
    """A function of one of the plugin's modules, or a method of one of its classes."""

    module: Module
    node: Function


class Named(NamedTuple):
    """A module, or anything from outside the plugin: `json.loads`, `dify_plugin.Tool`."""

    name: str
    """In full, whatever it is called where it is used."""


Meaning = PluginClass | PluginFunction | Named


class Lineage(NamedTuple):
    """What a class is derived from."""

    classes: tuple[PluginClass, ...]
    """The plugin's own, the class itself first, in the order in which methods are looked up."""
    sdk: tuple[str, ...]
    """The SDK's, nearest first."""
    whole: bool
    """Whether that is all: not if a base is third party, computed or unknown."""


class Classes:
    """Names and classes of a plugin's modules."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._bindings: dict[Module, dict[str, list[Binding]]] = {}
        self._lineages: dict[PluginClass, Lineage] = {}
        self._deriving: list[PluginClass] = []

    # What names stand for

    def resolve(self, module: Module, expression: ast.expr) -> Meaning | None:
        """What a name, or a name with attributes, stands for at the top level of a module."""
        return self._resolve(module, expression, frozenset())

    def meaning(self, module: Module, name: str) -> Meaning | None:
        """What a name stands for when the module has been loaded."""
        return self._meaning(module, name, frozenset())

    def bindings(self, module: Module) -> Mapping[str, list[Binding]]:
        """All that a module binds, by names; what it imports with a star under `*`."""
        if module not in self._bindings:
            by_name: dict[str, list[Binding]] = {}
            for each in bindings(module.tree.body):
                by_name.setdefault(each.name, []).append(each)
            self._bindings[module] = by_name
        return self._bindings[module]

    def imported_module(self, module: Module, imported: Imported) -> str | None:
        """The full name of the module that an import names; None if it leads out of all."""
        if not imported.level:
            return imported.module
        package = module.package.split(".") if module.package else []
        if imported.level > len(package):
            return None
        above = package[: len(package) - imported.level + 1]
        return ".".join([*above, imported.module] if imported.module else above)

    # Classes

    def of_module(self, module: Module) -> list[PluginClass]:
        """The classes defined at the top level of a module, in order."""
        return [
            PluginClass(module, each.value)
            for found in self.bindings(module).values()
            for each in found
            if isinstance(each.value, ast.ClassDef)
        ]

    def lineage(self, cls: PluginClass) -> Lineage:
        """What a class is derived from."""
        unknown = Lineage((cls,), (), False)
        if cls not in self._lineages:
            if len(self._deriving) > _DEEPEST:
                return unknown
            self._lineages[cls] = unknown  # for one that is its own base
            self._deriving.append(cls)
            self._lineages[cls] = self._derive(cls)
            self._deriving.pop()
        return self._lineages[cls]

    def sdk_base(self, cls: PluginClass) -> str | None:
        """The nearest class of the SDK that it is derived from."""
        return next(iter(self.lineage(cls).sdk), None)

    def is_a(self, cls: PluginClass, base: str) -> bool | None:
        """Whether it is derived from a class of the SDK; None if that cannot be told."""
        lineage = self.lineage(cls)
        if base in lineage.sdk:
            return True
        return False if lineage.whole else None

    def methods(self, cls: PluginClass) -> Mapping[str, PluginFunction]:
        """Its methods, those it inherits from the plugin's own classes included."""
        found: dict[str, PluginFunction] = {}
        for each in reversed(self.lineage(cls).classes):
            for name, method in attributes(each).items():
                if isinstance(method, Function):
                    found[name] = PluginFunction(each.module, method)
                else:
                    found.pop(name, None)
        return found

    def method(self, cls: PluginClass, name: str) -> PluginFunction | None:
        """One of its methods."""
        return self.methods(cls).get(name)

    def _resolve(
        self, module: Module, expression: ast.expr, seen: frozenset[tuple[str, str]]
    ) -> Meaning | None:
        attributes: list[str] = []
        while isinstance(expression, ast.Attribute):
            attributes.append(expression.attr)
            expression = expression.value
        if not isinstance(expression, ast.Name):
            return None
        found = self._meaning(module, expression.id, seen)
        while attributes and isinstance(found, Named):
            found = self._member(found.name, attributes.pop(), seen)
        return None if attributes else found

    def _meaning(
        self, module: Module, name: str, seen: frozenset[tuple[str, str]]
    ) -> Meaning | None:
        if (module.file, name) in seen or len(seen) > _DEEPEST:
            return None
        seen |= {(module.file, name)}
        found = {self._value(module, each, seen) for each in self._candidates(module, name)}
        if not found:
            return self._by_star(module, name, seen)
        return found.pop() if len(found) == 1 else None

    def _candidates(self, module: Module, name: str) -> Iterator[Binding]:
        """The bindings that may be in force at the end, up to the last that surely happened."""
        for each in reversed(self.bindings(module).get(name, [])):
            yield each
            if each.sure:
                return

    def _value(
        self, module: Module, binding: Binding, seen: frozenset[tuple[str, str]]
    ) -> Meaning | None:
        match binding.value:
            case ast.ClassDef() as node:
                return PluginClass(module, node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() as node:
                return PluginFunction(module, node)
            case Imported(name=None) as imported:
                return Named(imported.module)
            case Imported(name=str(name)) as imported:
                target = self.imported_module(module, imported)
                return self._member(target, name, seen) if target else None
            case ast.expr() as expression:
                return self._resolve(module, expression, seen)
        return None

    def _member(self, of: str, name: str, seen: frozenset[tuple[str, str]]) -> Meaning | None:
        """What stands under a name in a module, or in something from outside."""
        module = self._modules.named(of)
        if module is not None:
            found = self._meaning(module, name, seen)
            if found is not None or name in self.bindings(module):
                return found
        full = f"{of}.{name}"
        if self._modules.has(full) or not self._modules.has(of):
            return Named(full)
        return None

    def _by_star(
        self, module: Module, name: str, seen: frozenset[tuple[str, str]]
    ) -> Meaning | None:
        for each in reversed(self.bindings(module).get(STAR, [])):
            assert isinstance(each.value, Imported)
            target = self.imported_module(module, each.value)
            if target is None or name.startswith("_"):
                continue
            if self._modules.has(target):
                found = self._member(target, name, seen)
                if found is not None:
                    return found
            elif sdk_class(f"{target}.{name}"):
                return Named(f"{target}.{name}")
        return None

    def _derive(self, cls: PluginClass) -> Lineage:
        classes, sdk, whole = [cls], list[str](), not cls.node.keywords
        for base in cls.node.bases:
            expression = base.value if isinstance(base, ast.Subscript) else base
            meaning = self._base(cls, expression)
            if isinstance(meaning, PluginClass):
                above = self.lineage(meaning)
                classes += above.classes
                sdk += above.sdk
                whole = whole and above.whole
            elif isinstance(meaning, Named) and (known := sdk_class(meaning.name)):
                sdk += [known, *SDK_CLASSES[known].bases]
            else:
                whole = whole and self._is_standard(cls.module, expression, meaning)
        # As Python orders them but for the oddest diamonds: one that comes twice stands last.
        return Lineage(_each_last(classes), _each_last(sdk), whole)

    def _base(self, cls: PluginClass, expression: ast.expr) -> Meaning | None:
        """What a base is. One of the class's own name is what had that name before."""
        if not isinstance(expression, ast.Name) or expression.id != cls.name:
            return self.resolve(cls.module, expression)
        bound = self.bindings(cls.module).get(cls.name, [])
        *_, last = None, *takewhile(lambda each: each.value is not cls.node, bound)
        return self._value(cls.module, last, frozenset()) if last and last.sure else None

    def _is_standard(self, module: Module, expression: ast.expr, meaning: Meaning | None) -> bool:
        """Whether a base comes with Python, and so has nothing to do with the SDK."""
        if isinstance(meaning, Named):
            return meaning.name.partition(".")[0] in sys.stdlib_module_names
        bound = self.bindings(module)
        return (
            isinstance(expression, ast.Name)
            and not {expression.id, STAR} & bound.keys()
            and hasattr(builtins, expression.id)
        )


def attributes(cls: PluginClass) -> dict[str, ast.AST | None]:
    """What the body of a class binds: functions, and whatever else a name has there."""
    found: dict[str, ast.AST | None] = {}
    for each in bindings(cls.node.body):
        found[each.name] = each.value if isinstance(each.value, ast.AST) else None
    return found


def _each_last(items: list[_T]) -> tuple[_T, ...]:
    return tuple(reversed(dict.fromkeys(reversed(items))))
