"""The bodies of a module's code: itself, its functions and its classes, each with its names."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from emulator.check.code.classes import Function, PluginClass
from emulator.check.code.modules import Module
from emulator.check.code.nodes import children

EVERYTHING = frozenset({"Exception", "BaseException"})
"""What catches whatever an invocation raises."""

Owner = ast.Module | ast.ClassDef | Function | ast.Lambda


@dataclass(eq=False)
class Body:
    """What runs as one: names that are bound in it are its own."""

    module: Module
    node: Owner
    outer: "Body | None" = None
    """Where a name is looked up that is not its own; from a method not the class."""
    cls: PluginClass | None = None
    """The class whose method it is."""
    nodes: list[ast.AST] = field(default_factory=list)
    """All in it, those in it that hold others first; not those of the bodies within."""
    names: list[ast.Name | ast.Attribute] = field(default_factory=list)
    """The names and attributes among them."""
    bound: dict[str, list[ast.expr | None]] = field(default_factory=lambda: defaultdict(list))
    """What each name is set to; None for what is not one expression."""
    annotated: dict[str, ast.expr] = field(default_factory=dict)

    @cached_property
    def parameters(self) -> dict[str, ast.arg]:
        if isinstance(self.node, ast.Module | ast.ClassDef):
            return {}
        arguments = self.node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [each for each in (arguments.vararg, arguments.kwarg) if each]
        return {each.arg: each for each in every}

    @property
    def this(self) -> str | None:
        """The name of a method's `self`."""
        if self.cls is None or not isinstance(self.node, Function):
            return None
        if any(isinstance(each, ast.Name) for each in self.node.decorator_list if _unbound(each)):
            return None
        first = [*self.node.args.posonlyargs, *self.node.args.args][:1]
        return first[0].arg if first else None

    def home(self, name: str) -> "Body | None":
        """The body whose name it is, seen from here; None if none binds it."""
        body: Body | None = self
        while body is not None:
            if name in body.bound or name in body.parameters:
                return body
            body = body.outer
        return None


def _unbound(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Name) and decorator.id in ("staticmethod", "classmethod")


def caught(handler: ast.ExceptHandler) -> list[str]:
    """What a handler catches, by the last names; what catches all is a BaseException."""
    match handler.type:
        case None:
            return ["BaseException"]
        case ast.Tuple(elts=types):
            pass
        case one:
            types = [one]
    return [each for each in map(last_name, types) if each]


def _suppressed(item: ast.withitem) -> Iterator[str]:
    match item.context_expr:
        case ast.Call(func=function, args=types) if last_name(function) == "suppress":
            yield from (each for each in map(last_name, types) if each)


def last_name(node: ast.expr) -> str | None:
    """The name, or the last of a dotted one."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


class Bodies:
    """All bodies of one module."""

    def __init__(self, module: Module) -> None:
        self.parents: dict[ast.AST, ast.AST] = {}
        self.all: list[Body] = []
        self.of: dict[ast.AST, Body] = {}
        """By their nodes."""
        self.calls: dict[str, list[tuple[Body, ast.Call]]] = defaultdict(list)
        """By the last names of what is called."""
        self.assigned: dict[str, list[tuple[Body, ast.Attribute]]] = defaultdict(list)
        """The attributes that are set, by their names."""
        self.shared: set[str] = set()
        """Names that are `global` or `nonlocal` somewhere: what they hold is not followed."""
        # Not recursive: a sum of a thousand texts is a thousand nodes deep
        top = self._begin(Body(module, module.tree))
        waiting: list[tuple[ast.AST, Body]] = [(top.node, top)]
        while waiting:
            node, body = waiting.pop()
            self._note(body, node)
            owns = type(node) in _OWNERS
            inner = self._opened(node, body) if owns else [(each, body) for each in children(node)]
            for child, _ in inner:
                self.parents[child] = node
            waiting += reversed(inner)

    def _begin(self, body: Body) -> Body:
        self.all.append(body)
        self.of[body.node] = body
        return body

    def _note(self, body: Body, node: ast.AST) -> None:
        body.nodes.append(node)
        if isinstance(node, ast.Name):
            body.names.append(node)
        elif isinstance(node, ast.Attribute):
            body.names.append(node)
            if isinstance(node.ctx, ast.Store):
                self.assigned[node.attr].append((body, node))
        elif type(node) in _BINDING:
            _bind(body, node)
        elif isinstance(node, ast.Call):
            if name := last_name(node.func):
                self.calls[name].append((body, node))
        elif isinstance(node, ast.Global | ast.Nonlocal):
            self.shared.update(node.names)

    def _opened(self, node: ast.AST, body: Body) -> list[tuple[ast.AST, Body]]:
        """What a function or class holds, with the bodies in which it runs."""
        assert isinstance(node, ast.ClassDef | Function | ast.Lambda)
        opened = self._open(node, body)
        within = node.body if isinstance(node.body, list) else [node.body]
        outside = [each for each in children(node) if each not in within]
        if not isinstance(node, ast.ClassDef):  # the defaults run where the function stands
            outside.remove(node.args)
            defaults = (*node.args.defaults, *node.args.kw_defaults)
            outside[:0] = [each for each in defaults if each is not None]
        return [*((each, body) for each in outside), *((each, opened) for each in within)]

    def _open(self, node: ast.ClassDef | Function | ast.Lambda, body: Body) -> Body:
        if isinstance(body.node, ast.ClassDef):
            cls = PluginClass(body.module, body.node)
            return self._begin(Body(body.module, node, body.outer, cls))
        return self._begin(Body(body.module, node, body))

    def handlers(self, node: ast.AST) -> Iterator[ast.ExceptHandler]:
        """The handlers in its function that get what it raises, innermost first."""
        while (parent := self.parents.get(node)) is not None:
            if isinstance(parent, Function | ast.Lambda | ast.ClassDef):
                return
            if isinstance(parent, ast.Try) and node in parent.body:
                yield from parent.handlers
            node = parent

    def catches(self, node: ast.AST) -> set[str]:
        """What is caught in its function of what it raises, by the last names."""
        found = {name for handler in self.handlers(node) for name in caught(handler)}
        while (parent := self.parents.get(node)) is not None:
            if isinstance(parent, Function | ast.Lambda | ast.ClassDef):
                break
            if isinstance(parent, ast.With):
                found |= {name for item in parent.items for name in _suppressed(item)}
            node = parent
        return found


_OWNERS = frozenset({ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda})
_BINDING = frozenset(
    {
        ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.AugAssign, ast.For, ast.AsyncFor,
        ast.comprehension, ast.withitem, ast.Delete, ast.ExceptHandler, ast.MatchAs, ast.MatchStar,
        ast.MatchMapping, ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef,
        ast.AsyncFunctionDef,
    }
)  # fmt: skip


def _bind(body: Body, node: ast.AST) -> None:
    """Note what a node binds in its body."""
    bound = body.bound
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    bound[target.id].append(value)
                else:
                    _bind_opaque(body, target)
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
            body.annotated[name] = annotation
            if value is not None:
                bound[name].append(value)
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            bound[name].append(value)
        case ast.AugAssign(target=target) | ast.For(target=target) | ast.AsyncFor(target=target):
            _bind_opaque(body, target)
        case ast.comprehension(target=target) | ast.withitem(optional_vars=ast.expr() as target):
            _bind_opaque(body, target)
        case ast.Delete(targets=targets):
            for target in targets:
                _bind_opaque(body, target)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            bound[name].append(None)
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            bound[name].append(None)
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            for each in names:
                bound[(each.asname or each.name).partition(".")[0]].append(None)
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            bound[name].append(None)


def _bind_opaque(body: Body, target: ast.expr) -> None:
    for each in ast.walk(target):
        if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load):
            body.bound[each.id].append(None)
