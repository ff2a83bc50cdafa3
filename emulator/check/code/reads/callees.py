"""Which function of the plugin a call calls, and what it hands to it."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from emulator.check.code.bindings import Binding
from emulator.check.code.classes import Classes, Function, PluginClass, PluginFunction, attributes
from emulator.check.code.modules import Module
from emulator.check.code.reads.scope import Scope, dotted

_HARMLESS = {"staticmethod", "classmethod", "override", "final", "abstractmethod"}
"""Decorators that leave a function's arguments as they are."""


class Callee(NamedTuple):
    """A function, and whose method it is when that matters."""

    module: Module
    function: Function
    instance_of: PluginClass | None = None
    """The class of `self`: the one that Dify calls, not the one that defines the method."""
    defined_in: PluginClass | None = None

    @property
    def name(self) -> str:
        return self.function.name

    @property
    def decorators(self) -> set[str]:
        return {(dotted(each) or "?").rpartition(".")[2] for each in self.function.decorator_list}

    @property
    def takes_its_arguments_as_they_are(self) -> bool:
        return self.decorators <= _HARMLESS

    @property
    def parameters(self) -> list[str]:
        """Those that a call fills in their order, without `self`."""
        names = [each.arg for each in (*self.function.args.posonlyargs, *self.function.args.args)]
        return names[1:] if self.has_self else names

    @property
    def all_parameters(self) -> set[str]:
        """Whatever a call can fill."""
        of = self.function.args
        more = [each for each in (of.vararg, of.kwarg) if each is not None]
        return {each.arg for each in (*of.posonlyargs, *of.args, *of.kwonlyargs, *more)}

    @property
    def has_self(self) -> bool:
        return self.instance_of is not None and "staticmethod" not in self.decorators

    @property
    def self(self) -> str | None:
        """What it calls its instance."""
        names = [*self.function.args.posonlyargs, *self.function.args.args]
        return names[0].arg if self.has_self and names else None

    def arguments(self, call: ast.Call) -> Iterator[tuple[str | None, ast.expr]]:
        """What is handed to which parameter; None where that cannot be told."""
        names = self.parameters
        counted = True
        for number, value in enumerate(call.args):
            counted = counted and not isinstance(value, ast.Starred)
            yield names[number] if counted and number < len(names) else None, value
        known = {*names, *(each.arg for each in self.function.args.kwonlyargs)}
        for each in call.keywords:
            yield each.arg if each.arg in known else None, each.value


class Code:
    """The plugin's functions, as they call each other."""

    def __init__(self, classes: Classes) -> None:
        self.classes = classes
        self._scopes: dict[Function, Scope] = {}

    def scope(self, function: Function) -> Scope:
        if function not in self._scopes:
            self._scopes[function] = Scope(function)
        return self._scopes[function]

    def method(self, cls: PluginClass, name: str) -> Callee | None:
        """A method as an instance of a class has it."""
        lineage = self.classes.lineage(cls)
        for each in lineage.classes:
            if (function := _method_in(each, name)) is not None:
                known = lineage.whole or each is cls
                return Callee(each.module, function, cls, each) if known else None
        return None

    def methods(self, cls: PluginClass) -> Iterator[Callee]:
        """All that the plugin's own classes define for an instance of a class."""
        for each in self.classes.lineage(cls).classes:
            for node in attributes(each).values():
                if isinstance(node, Function):
                    yield Callee(each.module, node, cls, each)

    def callee(self, called: ast.expr, caller: Callee) -> Callee | None:
        """The function that a call calls; None if it is not one that can be followed."""
        found = self._find(called, caller)
        return found if found and found.takes_its_arguments_as_they_are else None

    def _find(self, called: ast.expr, caller: Callee) -> Callee | None:
        match called:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name == caller.self:
                assert caller.instance_of is not None
                return self.method(caller.instance_of, attr)
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super"), args=[]), attr=attr):
                return self._inherited(caller, attr)
        if (root := _root(called)) is None or root in self.scope(caller.function).bindings:
            return None
        found = self.classes.resolve(caller.module, called)
        if isinstance(found, PluginFunction):
            return Callee(found.module, found.node)
        return self._of_a_class(caller, called) if isinstance(called, ast.Attribute) else None

    def _of_a_class(self, caller: Callee, called: ast.Attribute) -> Callee | None:
        """`Helper.method(...)`, if it needs no instance."""
        cls = self.classes.resolve(caller.module, called.value)
        found = self.method(cls, called.attr) if isinstance(cls, PluginClass) else None
        bound = found is not None and found.decorators & {"staticmethod", "classmethod"}
        return found if bound else None

    def _inherited(self, caller: Callee, name: str) -> Callee | None:
        if caller.instance_of is None or caller.defined_in is None:
            return None
        lineage = self.classes.lineage(caller.instance_of)
        later = lineage.classes[lineage.classes.index(caller.defined_in) + 1 :]
        for each in later if lineage.whole else ():
            if (function := _method_in(each, name)) is not None:
                return Callee(each.module, function, caller.instance_of, each)
        return None

    def constant(self, module: Module, name: str) -> ast.Constant | None:
        """The text that a name of a module stands for."""
        match self.classes.bindings(module).get(name):
            case [Binding(value=ast.Constant(value=str()) as text)]:
                return text
        return None


def _method_in(cls: PluginClass, name: str) -> Function | None:
    found = attributes(cls).get(name)
    return found if isinstance(found, Function) else None


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
