"""Which expressions of a function are a mapping that it was given."""

import ast
from collections.abc import Set

from emulator.check.code.reads.scope import Scope, dotted

_COPIES = ("dict", "copy", "deepcopy", "copy.copy", "copy.deepcopy")


def holds(node: ast.expr, names: Set[str], attribute: str | None = None) -> bool:
    """Whether an expression is the mapping or a copy of it: under one of the names, or as
    an attribute (`self.runtime.credentials`)."""
    if isinstance(node, ast.Name):  # most are
        return node.id in names
    if isinstance(node, ast.Attribute):
        return attribute is not None and dotted(node) == attribute

    def is_it(each: ast.expr) -> bool:
        return holds(each, names, attribute)

    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="copy"), args=[]):
            return is_it(value)
        case ast.Call(func=function, args=[value], keywords=[]) if dotted(function) in _COPIES:
            return is_it(value)
        case ast.Call(func=function, args=[_, value]) if dotted(function) in (
            "cast",
            "typing.cast",
        ):
            return is_it(value)
        case ast.BoolOp(op=ast.Or(), values=[first, *others]):
            return is_it(first) and all(is_it(each) or _is_empty(each) for each in others)
        case ast.IfExp(body=body, orelse=orelse):
            ways = (body, orelse)
            return any(map(is_it, ways)) and all(is_it(each) or _is_empty(each) for each in ways)
        case ast.NamedExpr(value=value):
            return is_it(value)
    return False


def _is_empty(node: ast.expr) -> bool:
    return (isinstance(node, ast.Dict) and not node.keys) or (
        isinstance(node, ast.Constant) and node.value is None
    )


class Names:
    """The names of a function that hold a mapping which some of its parameters are."""

    def __init__(self, scope: Scope, given: Set[str], attribute: str | None) -> None:
        self.attribute = attribute
        maybe = set(given)
        while more := {
            name
            for name, values in scope.bindings.items()
            if name not in maybe and any(each and holds(each, maybe, attribute) for each in values)
        }:
            maybe |= more
        sure = set(maybe)
        while others := {
            name
            for name in sure
            if not all(
                each and holds(each, sure, attribute) for each in scope.bindings.get(name, ())
            )
        }:
            sure -= others
        self._maybe, self._sure = maybe, sure

    def hold(self, node: ast.expr) -> bool:
        """Whether it may be the mapping."""
        return holds(node, self._maybe, self.attribute)

    def surely_hold(self, node: ast.expr) -> bool:
        """Whether it can be nothing else."""
        return holds(node, self._sure, self.attribute)
