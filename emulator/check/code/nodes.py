"""What stands directly in a node of a syntax tree."""

import ast
from collections.abc import Sequence

_KEPT = "_children"
_LEAVES = frozenset({ast.Name, ast.Constant, ast.Pass, ast.Break, ast.Continue, ast.alias})


_NOTHING: tuple[ast.AST, ...] = ()


def children(node: ast.AST) -> Sequence[ast.AST]:
    """In the order of the fields, without contexts and operators, which hold nothing.

    Several rules walk every node, so that a node keeps what stands in it.
    """
    if type(node) in _LEAVES:
        return _NOTHING
    known: Sequence[ast.AST] | None = getattr(node, _KEPT, None)
    if known is None:
        known = _children(node)
        setattr(node, _KEPT, known)
    return known


def _children(node: ast.AST) -> list[ast.AST]:
    """`ast.iter_child_nodes` takes twice as long."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if type(value) is list:
            found += [each for each in value if isinstance(each, ast.AST) and each._fields]
        elif isinstance(value, ast.AST) and value._fields:
            found.append(value)
    return found
