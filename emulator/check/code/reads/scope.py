"""A function as a scope: what stands in what, and what its names are bound to."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from emulator.check.code.nodes import children

Function = ast.FunctionDef | ast.AsyncFunctionDef

_CATCH_A_MISSING_KEY = {"KeyError", "LookupError", "Exception", "BaseException"}

_BINDING = frozenset(
    {
        ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.AugAssign, ast.For, ast.AsyncFor,
        ast.comprehension, ast.withitem, ast.arg, ast.FunctionDef, ast.AsyncFunctionDef,
        ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping, ast.Import,
        ast.ImportFrom,
    }
)  # fmt: skip


class Scope:
    """A function with all that is nested in it: a name bound twice is not told apart."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.parents: dict[ast.AST, ast.AST] = {}
        self.names: list[ast.Name | ast.Attribute] = []
        """The names and attributes in it, in the order of the code."""
        self.bindings: dict[str, list[ast.expr | None]] = defaultdict(list)
        """What each name is set to; None for what is not said in one expression."""
        self.passes: dict[str, list[ast.expr]] = defaultdict(list)
        """What a name goes through in a loop."""
        for node in self._nodes():
            if isinstance(node, ast.Name | ast.Attribute):
                self.names.append(node)
            elif type(node) in _BINDING:
                self._bind(node)

    def _nodes(self) -> Iterator[ast.AST]:
        left: list[ast.AST] = [self.function]
        while left:
            node = left.pop()
            yield node
            inner = children(node)
            for each in inner:
                self.parents[each] = node
            left += reversed(inner)

    def _bind(self, node: ast.AST) -> None:
        if isinstance(node, ast.arg) and self.parents[node] is self.function.args:
            return
        for name, value in _bound_by(node):
            self.bindings[name].append(value)
        if isinstance(node, ast.For | ast.comprehension) and isinstance(node.target, ast.Name):
            self.passes[node.target.id].append(node.iter)

    def catches_a_missing_key(self, node: ast.AST) -> bool:
        """Whether a KeyError raised here is caught in this function."""
        while node is not self.function:
            parent = self.parents[node]
            if isinstance(parent, ast.Try) and node in parent.body and _catches(parent):
                return True
            if isinstance(parent, ast.With) and any(_suppresses(each) for each in parent.items):
                return True
            node = parent
        return False


def _bound_by(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that a node binds, not those of the nodes in it."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((each.id, value) for each in targets if isinstance(each, ast.Name))
            yield from ((name, None) for each in targets for name in _within(each))
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            yield name, value
        case ast.AugAssign(target=ast.Name(id=name)):
            yield name, None
        case (
            ast.For(target=target) | ast.AsyncFor(target=target) | ast.comprehension(target=target)
        ):
            yield from ((name, None) for name in _names(target))
        case ast.withitem(optional_vars=ast.expr() as target):
            yield from ((name, None) for name in _names(target))
        case ast.arg(arg=name):
            yield name, None
        case (
            ast.FunctionDef(name=str(name))
            | ast.AsyncFunctionDef(name=str(name))
            | ast.ClassDef(name=str(name))
            | ast.ExceptHandler(name=str(name))
            | ast.MatchAs(name=str(name))
            | ast.MatchStar(name=str(name))
            | ast.MatchMapping(rest=str(name))
        ):
            yield name, None
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from (((each.asname or each.name).partition(".")[0], None) for each in aliases)


def _names(target: ast.expr) -> Iterator[str]:
    return (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _within(target: ast.expr) -> Iterator[str]:
    """The names that an unpacking sets."""
    return _names(target) if isinstance(target, ast.Tuple | ast.List) else iter(())


def _catches(block: ast.Try) -> bool:
    return any(each.type is None or _is_of_a_missing_key(each.type) for each in block.handlers)


def _is_of_a_missing_key(raised: ast.expr) -> bool:
    if isinstance(raised, ast.Tuple):
        return any(map(_is_of_a_missing_key, raised.elts))
    return isinstance(raised, ast.Name) and raised.id in _CATCH_A_MISSING_KEY


def _suppresses(item: ast.withitem) -> bool:
    """`with suppress(KeyError):`"""
    call = item.context_expr
    return (
        isinstance(call, ast.Call)
        and dotted(call.func) in ("suppress", "contextlib.suppress")
        and any(map(_is_of_a_missing_key, call.args))
    )


def dotted(node: ast.AST) -> str | None:
    """`self.runtime.credentials` as text; None for anything but names with dots."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else None
