"""Which expressions are the session, its storage, or another of its invocations.

Nothing is guessed by name: `self.session` is the SDK's in a class that the SDK hands one, a
parameter is what its annotation says or what all calls of its function give it, and a name is what
all its assignments agree on. What cannot be told is None.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from emulator.check.code.classes import Classes, Function, Named, PluginClass, PluginFunction
from emulator.check.code.modules import Module, Modules
from emulator.check.code.sdk_classes import sdk_class
from emulator.check.code.session.bodies import Bodies, Body
from emulator.check.code.session.invocations import (
    HANDED_A_RUNTIME,
    HANDED_A_SESSION,
    SESSION,
    way_of_class,
    way_of_member,
)


@dataclass(frozen=True, slots=True)
class Way:
    """The session, or what is reached from it."""

    path: str


@dataclass(frozen=True, slots=True)
class OfSdk:
    """An object of one of the SDK's classes that plugins derive from."""

    name: str


RUNTIME = OfSdk("runtime")
"""What triggers and events have as `self.runtime`."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """`None`, or what is being asked for already: it does not count against the rest."""


NOTHING = Nothing()

Thing = Way | OfSdk | PluginClass | Nothing | None
"""What an expression is; a PluginClass for an object of it."""


class Finder:
    """Tells what the expressions of a plugin's code are."""

    def __init__(self, modules: Modules, classes: Classes) -> None:
        self._modules = modules
        self._classes = classes
        self._bodies: dict[Module, Bodies] = {}
        self._known: dict[object, Thing] = {}

    def bodies(self, module: Module) -> Bodies:
        if module not in self._bodies:
            self._bodies[module] = Bodies(module)
        return self._bodies[module]

    def way(self, body: Body, node: ast.expr) -> str | None:
        """The way from the session to what an expression is: `session.storage`."""
        thing = self.thing(body, node)
        return thing.path if isinstance(thing, Way) else None

    def named(self, body: Body, node: ast.expr) -> str | None:
        """The full name of what is not the plugin's own, if no local name hides it."""
        meaning = self._meaning(body, node)
        return meaning.name if isinstance(meaning, Named) else None

    def thing(self, body: Body, node: ast.expr) -> Thing:
        if node in self._known:
            return self._known[node]
        return self._once(node, lambda: self._thing(body, node))

    def _once(self, key: object, find: Callable[[], Thing]) -> Thing:
        if key not in self._known:
            self._known[key] = NOTHING
            try:
                self._known[key] = find()
            except RecursionError:  # nested a thousand deep
                self._known[key] = None
        return self._known[key]

    def _thing(self, body: Body, node: ast.expr) -> Thing:
        match node:
            case ast.Attribute(value=value, attr=attr):
                return self._member(self.thing(body, value), attr)
            case ast.Name(id=name):
                home = body.home(name)
                if home is None or name in self.bodies(home.module).shared:
                    return None
                return self._once((home, name), lambda: self._name(home, name))
            case ast.Constant(value=None):
                return NOTHING
            case ast.Call():
                return self._call(body, node)
            case ast.IfExp(body=one, orelse=other):
                return _agreed([self.thing(body, one), self.thing(body, other)])
            case ast.BoolOp(values=values):
                return _agreed([self.thing(body, each) for each in values])
            case ast.NamedExpr(value=value):
                return self.thing(body, value)
        return None

    # Names

    def _name(self, home: Body, name: str) -> Thing:
        things = [self.thing(home, each) if each else None for each in home.bound.get(name, ())]
        annotation = home.annotated.get(name)
        if name in home.parameters:
            things.append(self._parameter(home, name))
        elif annotation is not None and (thing := self._annotated(home.module, annotation)):
            return thing
        return _agreed(things)

    def _parameter(self, body: Body, name: str) -> Thing:
        if name == body.this:
            return body.cls
        annotation = body.parameters[name].annotation
        if _is_plain(annotation):
            return None
        thing = self._annotated(body.module, annotation) if annotation else None
        return thing or _agreed(self._given(body, name))

    def _annotated(self, module: Module, annotation: ast.expr) -> Thing:
        match annotation:
            case ast.Constant(value=str(text)):
                try:
                    return self._annotated(module, ast.parse(text, mode="eval").body)
                except (SyntaxError, ValueError):
                    return None
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return _agreed([self._annotated(module, left), self._annotated(module, right)])
            case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
                return self._annotated(module, inner)
            case ast.Constant(value=None):
                return NOTHING
            case ast.Name() | ast.Attribute():
                return self._object_of(self._classes.resolve(module, annotation))
        return None

    def _object_of(self, meaning: object) -> Thing:
        """What an object of a class is."""
        if isinstance(meaning, PluginClass):
            return meaning
        if not isinstance(meaning, Named):
            return None
        if path := way_of_class(meaning.name):
            return Way(path)
        name = sdk_class(meaning.name)
        return OfSdk(name) if name else None

    # What functions are given

    def _given(self, body: Body, name: str) -> Iterator[Thing]:
        """What each call of its function gives to a parameter."""
        if not isinstance(body.node, Function) or body.outer is None or body.outer.outer:
            yield None  # a lambda, or a function in a function
            return
        called = body.node.name
        if body.cls is not None and called == "__init__":
            called = body.cls.name
        for caller, call in self._calls_of(called):
            aimed = self._aims_at(caller, call, body)
            if aimed is not False:
                yield self._argument(caller, call, body, name)

    def _calls_of(self, name: str) -> Iterator[tuple[Body, ast.Call]]:
        word = name.encode()
        for module in self._modules.values():
            if word not in module.source or is_test(module):
                continue
            yield from self.bodies(module).calls[name]

    def _aims_at(self, caller: Body, call: ast.Call, body: Body) -> bool | None:
        """Whether a call is one of a function; None if it may be."""
        meaning = self._meaning(caller, call.func)
        if body.cls is None:
            if isinstance(meaning, PluginFunction):
                return meaning.node is body.node
            return False if isinstance(meaning, Named | PluginClass) else None
        if isinstance(meaning, PluginClass):
            return body.cls in self._classes.lineage(meaning).classes
        if isinstance(meaning, Named | PluginFunction):
            return False
        of = self.thing(caller, call.func.value) if isinstance(call.func, ast.Attribute) else None
        if isinstance(of, PluginClass):
            found = self._classes.method(of, call.func.attr)  # type: ignore[attr-defined]
            return found is not None and found.node is body.node
        return False if isinstance(of, Way | OfSdk) else None

    def _argument(self, caller: Body, call: ast.Call, body: Body, name: str) -> Thing:
        assert isinstance(body.node, Function)
        for keyword in call.keywords:
            if keyword.arg is None:
                return None
            if keyword.arg == name:
                return self.thing(caller, keyword.value)
        if any(isinstance(each, ast.Starred) for each in call.args):
            return None
        names = [each.arg for each in (*body.node.args.posonlyargs, *body.node.args.args)]
        if body.this:
            names = names[1:]
        index = names.index(name) if name in names else len(call.args)
        return self.thing(caller, call.args[index]) if index < len(call.args) else NOTHING

    # Calls

    def _meaning(self, body: Body, node: ast.expr) -> object:
        first = node
        while isinstance(first, ast.Attribute):
            first = first.value
        if not isinstance(first, ast.Name):
            return None
        home = body.home(first.id)
        if home is not None and not isinstance(home.node, ast.Module):
            return None
        return self._classes.resolve(body.module, node)

    def _call(self, body: Body, node: ast.Call) -> Thing:
        meaning = self._meaning(body, node.func)
        if isinstance(meaning, PluginFunction):
            return self._returned(meaning)
        if meaning is None and isinstance(node.func, ast.Attribute):
            of = self.thing(body, node.func.value)
            if isinstance(of, PluginClass) and (method := self._classes.method(of, node.func.attr)):
                return self._returned(method)
        return self._object_of(meaning)

    def _returned(self, function: PluginFunction) -> Thing:
        """What a function gives back."""
        body = self.bodies(function.module).of.get(function.node)
        if body is None or any(isinstance(each, ast.Yield | ast.YieldFrom) for each in body.nodes):
            return None
        if isinstance(function.node, ast.AsyncFunctionDef):
            return None
        returned = [each.value for each in body.nodes if isinstance(each, ast.Return)]
        return _agreed(self.thing(body, each) if each else NOTHING for each in returned)

    # Attributes

    def _member(self, of: Thing, name: str) -> Thing:
        match of:
            case Way(path=path):
                longer = way_of_member(path, name)
                return Way(longer) if longer else None
            case OfSdk(name=cls):
                return _handed({cls}, name)
            case PluginClass():
                return self._once((of, name), lambda: self._attribute(of, name))
        return None

    def _attribute(self, cls: PluginClass, name: str) -> Thing:
        """What an attribute of an object of the plugin's own class is."""
        lineage = self._classes.lineage(cls)
        things = [each for own in lineage.classes for each in self._assigned(own, name)]
        if things:
            return _agreed(things)
        method = self._classes.method(cls, name)
        if method is not None:
            return self._returned(method) if _is_property(method.node) else None
        if lineage.sdk:
            return _handed(lineage.sdk, name)
        # A class without bases that sets no session is mixed into one that is handed it
        return Way(SESSION) if name == "session" and _is_bare(cls) else None

    def _assigned(self, cls: PluginClass, name: str) -> Iterator[Thing]:
        """What a class sets an attribute to: in its body, and in its methods."""
        bodies = self.bodies(cls.module)
        own = bodies.of.get(cls.node)
        if own is None:
            return
        annotation = own.annotated.get(name)
        thing = self._annotated(cls.module, annotation) if annotation else None
        if thing is not None:
            yield thing
        elif name in own.bound and not isinstance(own.bound[name][-1], type(None)):
            yield from (self.thing(own, each) if each else None for each in own.bound[name])
        for body, node in bodies.assigned.get(name, ()):
            if body.cls == cls and isinstance(node.value, ast.Name) and node.value.id == body.this:
                match bodies.parents[node]:
                    case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                        yield self.thing(body, value)
                    case ast.AnnAssign():
                        pass
                    case _:
                        yield None


def is_test(module: Module) -> bool:
    """Whether Dify never runs it."""
    *folders, name = module.file.split("/")
    return (
        name == "conftest.py"
        or name.startswith("test_")
        or name.endswith("_test.py")
        or any(folder in ("tests", "test") for folder in folders)
    )


def _is_plain(annotation: ast.expr | None) -> bool:
    """Whether it says that something is plain data, so that no call has to be looked at."""
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    return isinstance(annotation, ast.Name) and annotation.id in _PLAIN


_PLAIN = frozenset(
    {"bool", "bytes", "dict", "float", "int", "list", "set", "str", "tuple", "Mapping"}
)


def _agreed(things: Iterable[Thing]) -> Thing:
    """What all agree on."""
    found = set(things)
    if len(found) > 1:
        found.discard(NOTHING)
    return found.pop() if len(found) == 1 else None


def _handed(classes: Iterable[str], name: str) -> Thing:
    """What an object of the SDK's classes has under a name."""
    if name == "session" and not (HANDED_A_SESSION | {RUNTIME.name}).isdisjoint(classes):
        return Way(SESSION)
    if name == "runtime" and not HANDED_A_RUNTIME.isdisjoint(classes):
        return RUNTIME
    return None


def _is_bare(cls: PluginClass) -> bool:
    return not cls.node.keywords and all(
        isinstance(base, ast.Name) and base.id == "object" for base in cls.node.bases
    )


def _is_property(function: Function) -> bool:
    return any(
        isinstance(each, ast.Name) and each.id in ("property", "cached_property")
        for each in function.decorator_list
    )
