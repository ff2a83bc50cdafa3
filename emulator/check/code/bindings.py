"""What names a body of statements binds, in order: those of a module, or of a class."""

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

STAR = "*"


class Imported(NamedTuple):
    """What an import binds: a module, or a name of one (`*` for all of them)."""

    module: str
    """As written: without the dots of a relative import."""
    name: str | None = None
    level: int = 0
    """How many dots stand before it."""


Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
Value = Definition | Imported | ast.expr | None
"""What is bound; None is what reading cannot tell, and what `del` leaves."""


class Binding(NamedTuple):
    """One place where a name is bound."""

    name: str
    value: Value
    statement: ast.stmt
    sure: bool = True
    """Whether it happens whenever the body runs to its end."""
    alias: ast.alias | None = None
    """Of an import, the part of it that binds this name."""

    @property
    def node(self) -> ast.stmt | ast.alias:
        """Where the name is bound."""
        return self.alias or self.statement


def bindings(body: Sequence[ast.stmt]) -> Iterator[Binding]:
    """All bindings of a body, those in its branches and loops included."""
    waiting = [(each, True) for each in reversed(body)]
    while waiting:
        node, sure = waiting.pop()
        yield from _bound_by(node, sure)
        for inner, inner_sure in reversed(_inner_bodies(node)):
            waiting += [(each, sure and inner_sure) for each in reversed(inner)]


def _bound_by(node: ast.stmt, sure: bool) -> Iterator[Binding]:
    """What a statement itself binds."""
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield Binding(name, node, node, sure)
        case ast.Import():
            yield from _imports(node, sure)
        case ast.ImportFrom(module=module, names=names, level=level):
            for each in names:
                value = Imported(module or "", each.name, level)
                yield Binding(each.asname or each.name, value, node, sure, each)
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _targets(target, value, node, sure)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from _targets(target, value, node, sure)
        case ast.AugAssign(target=target):
            yield from _targets(target, None, node, sure)
        case ast.Delete(targets=targets):
            for target in targets:
                yield from _targets(target, None, node, sure)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                if item.optional_vars is not None:
                    yield from _targets(item.optional_vars, None, node, sure)
        case ast.For(target=target) | ast.AsyncFor(target=target):
            yield from _targets(target, None, node, sure=False)
        case ast.Match(cases=cases):
            for case in cases:
                yield from _captures(case.pattern, node)
    yield from _walruses(node)


def _inner_bodies(node: ast.stmt) -> list[tuple[list[ast.stmt], bool]]:
    """The bodies within a statement, and whether each surely runs to its end."""
    match node:
        case ast.If(test=test, orelse=orelse) if is_type_checking(test):
            return [(orelse, True)]
        case ast.If() | ast.For() | ast.AsyncFor() | ast.While():
            return [(node.body, False), (node.orelse, False)]
        case ast.Try(handlers=handlers) | ast.TryStar(handlers=handlers):
            # With handlers, any part of the body may be left out, and so may they.
            tried = (node.body + node.orelse, not handlers)
            return [tried, *((each.body, False) for each in handlers), (node.finalbody, True)]
        case ast.With(body=body) | ast.AsyncWith(body=body):
            return [(body, True)]
        case ast.Match(cases=cases):
            return [(each.body, False) for each in cases]
    return []


def is_type_checking(test: ast.expr) -> bool:
    """Whether a branch is for type checkers only and never runs."""
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
        case ast.Constant(value=False):
            return True
    return False


def _imports(node: ast.Import, sure: bool) -> Iterator[Binding]:
    for each in node.names:
        if each.asname:
            yield Binding(each.asname, Imported(each.name), node, sure, each)
        else:
            top = each.name.partition(".")[0]
            yield Binding(top, Imported(top), node, sure, each)


def _targets(
    target: ast.expr, value: ast.expr | None, node: ast.stmt, sure: bool
) -> Iterator[Binding]:
    match target:
        case ast.Name(id=name):
            yield Binding(name, value, node, sure)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _targets(part, None, node, sure)
        case ast.Starred(value=inner):
            yield from _targets(inner, None, node, sure)


def _captures(pattern: ast.pattern, node: ast.stmt) -> Iterator[Binding]:
    for each in ast.walk(pattern):
        if isinstance(each, ast.MatchAs | ast.MatchStar) and each.name:
            yield Binding(each.name, None, node, sure=False)
        elif isinstance(each, ast.MatchMapping) and each.rest:
            yield Binding(each.rest, None, node, sure=False)


def _walruses(node: ast.stmt) -> Iterator[Binding]:
    for field in ("test", "value", "iter", "subject"):
        expression = getattr(node, field, None)
        if isinstance(expression, ast.expr):
            for each in ast.walk(expression):
                if isinstance(each, ast.NamedExpr):
                    yield Binding(each.target.id, None, node, sure=False)
