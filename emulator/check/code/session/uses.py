"""All places where a plugin's code uses the session's invocations."""

import ast
from dataclasses import dataclass
from functools import cached_property

from emulator.check.code.classes import Classes
from emulator.check.code.modules import Module, Modules
from emulator.check.code.session.bodies import Bodies, Body
from emulator.check.code.session.finder import Finder, is_test
from emulator.check.code.session.invocations import INVOCATIONS, STORAGE
from emulator.check.findings import Place


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """One use of a member of an invocation: `session.storage.get`."""

    bodies: Bodies
    body: Body
    node: ast.Attribute
    way: str
    """What it is a member of: `session.storage`."""

    @property
    def name(self) -> str:
        return self.node.attr

    @property
    def call(self) -> ast.Call | None:
        """The call, if it is one."""
        parent = self.bodies.parents.get(self.node)
        return parent if isinstance(parent, ast.Call) and parent.func is self.node else None

    @property
    def kind(self) -> str | None:
        """The type of the invocation, if there is such a method."""
        return INVOCATIONS[self.way].methods.get(self.name)

    def place(self, node: ast.expr | None = None) -> Place:
        return self.body.module.place(node or self.node)


@dataclass(frozen=True, slots=True, eq=False)
class StorageCall:
    """A call of one of the storage's methods, with its arguments."""

    use: Use
    node: ast.Call

    @property
    def key(self) -> ast.expr | None:
        return self._argument(0, "key")

    @property
    def value(self) -> ast.expr | None:
        return self._argument(1, "val") if self.use.name == "set" else None

    def _argument(self, index: int, name: str) -> ast.expr | None:
        for keyword in self.node.keywords:
            if keyword.arg == name:
                return keyword.value
        before = self.node.args[: index + 1]
        if len(before) <= index or any(isinstance(each, ast.Starred) for each in before):
            return None
        return before[index]


class Uses:
    """What a plugin's code does with the session."""

    def __init__(self, modules: Modules, classes: Classes) -> None:
        self.finder = Finder(modules, classes)
        self.every_module = list(modules.values())

    @cached_property
    def modules(self) -> list[Module]:
        """Those in which the session may be used: in others it has at least another name."""
        return [
            each
            for each in self.every_module
            if not is_test(each) and (b"session" in each.source or b"storage" in each.source)
        ]

    @cached_property
    def all(self) -> list[Use]:
        """In the order of the files and of their lines."""
        found = []
        for bodies, body, node in self.expressions:
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                way = self.finder.way(body, node.value)
                if way in INVOCATIONS and self.finder.way(body, node) is None:
                    found.append(Use(bodies, body, node, way))
        return found

    @cached_property
    def storage_calls(self) -> list[StorageCall]:
        """The calls of the storage's methods, of those that there are."""
        return [
            StorageCall(use, call)
            for use in self.all
            if use.way == STORAGE and use.kind and (call := use.call) is not None
        ]

    @cached_property
    def expressions(self) -> list[tuple[Bodies, Body, ast.Name | ast.Attribute]]:
        """All that may be the session or an invocation, with where it stands."""
        return [
            (bodies, body, node)
            for module in self.modules
            for bodies in [self.finder.bodies(module)]
            for body in bodies.all
            for node in body.names
        ]
