"""A key that is not there: `get` raises for it, whatever Dify's documentation says.

The daemon answers "load data failed, please check if the key is correct or you have not set it",
which the SDK raises as a plain `Exception` (S core/runtime.py).
"""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.code.session.bodies import EVERYTHING, Bodies, Body, caught, last_name
from emulator.check.code.session.uses import StorageCall
from emulator.check.findings import BY_DAEMON, BY_SDK, Finding

_ADVICE = (
    "Ask `storage.exist(key)` first, or catch the `Exception` that has 'load data failed' in its "
    "text."
)


class _Test(NamedTuple):
    """A question whether something is there."""

    node: ast.expr
    for_none: bool
    """For None; else for anything that is empty."""
    missing: tuple[ast.stmt, ...] = ()
    """What is done if it is not there, where an `if` says so."""


def tested_for_missing(plugin: CheckedPlugin) -> Iterator[Finding]:
    """`get` tested for None, or for nothing, to see whether there is a key."""
    told = set[frozenset[ast.expr]]()
    for bodies, body, node in plugin.values.stored:
        gets = frozenset(plugin.values.sources(body, node))
        test = _test_of(bodies, node)
        if test is None or gets in told or not _misleads(plugin, bodies, body, test, gets):
            continue
        told.add(gets)
        what = "None" if test.for_none else "nothing"
        message = f"`storage.get` is tested for {what}: for a missing key it raises an exception"
        place = body.module.place(test.node)
        yield Finding(place, "DE754", message, _ADVICE, (BY_DAEMON,))


def _misleads(
    plugin: CheckedPlugin, bodies: Bodies, body: Body, test: _Test, gets: frozenset[ast.expr]
) -> bool:
    """Whether something goes wrong with a test, and not only nothing happens."""
    nearby = [each for each in plugin.session.storage_calls if each.use.body.module is body.module]
    if all(bodies.catches(each) & EVERYTHING for each in gets):
        # A handler does what is to be done, unless it is here that the key is made
        sets = [each.node for each in nearby if each.use.name == "set"]
        handlers = [handler for each in gets for handler in bodies.handlers(each)]
        return (
            test.for_none
            and _holds(test.missing, sets)
            and not any(_holds(handler.body, sets) for handler in handlers)
        )
    here = [each for each in nearby if each.use.body is body]
    if any(each.use.name == "exist" for each in (here if test.for_none else nearby)):
        return False
    # An empty value is one that can be tested for, of a key that has just been set
    return test.for_none or not any(each.use.name == "set" for each in _before(here, gets))


def _before(calls: list[StorageCall], gets: frozenset[ast.expr]) -> list[StorageCall]:
    first = min(each.lineno for each in gets)
    return [each for each in calls if each.node.lineno < first]


def _holds(body: tuple[ast.stmt, ...] | list[ast.stmt], nodes: list[ast.Call]) -> bool:
    within = {each for statement in body for each in ast.walk(statement)}
    return any(each in within for each in nodes)


def _test_of(bodies: Bodies, node: ast.expr) -> _Test | None:
    """The test that an expression is in, if any."""
    parent = bodies.parents.get(node)
    match parent:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            other = right if left is node else left
            if not (isinstance(other, ast.Constant) and other.value is None):
                return None
            if isinstance(operator, ast.Is | ast.Eq):
                return _Test(parent, True, _branch(bodies, parent, True))
            if isinstance(operator, ast.IsNot | ast.NotEq):
                return _Test(parent, True, _branch(bodies, parent, False))
        case ast.UnaryOp(op=ast.Not()):
            return _Test(parent, False)
        case ast.BoolOp(values=[*_, last]) if last is not node or _is_test(bodies, parent):
            return _Test(node, False)
        case ast.Call(func=ast.Name(id="bool")):
            return _Test(node, False)
    return _Test(node, False) if _is_test(bodies, node) else None


def _is_test(bodies: Bodies, node: ast.expr) -> bool:
    match bodies.parents.get(node):
        case (
            ast.If(test=test)
            | ast.While(test=test)
            | ast.IfExp(test=test)
            | ast.Assert(test=test)
            | ast.UnaryOp(op=ast.Not(), operand=test)
        ):
            return test is node
        case ast.comprehension(ifs=tests):
            return node in tests
    return False


def _branch(bodies: Bodies, test: ast.expr, body: bool) -> tuple[ast.stmt, ...]:
    parent = bodies.parents.get(test)
    if not isinstance(parent, ast.If):
        return ()
    return tuple(parent.body if body else parent.orelse)


_NOT_RAISED = frozenset(
    {
        "AttributeError", "FileNotFoundError", "IOError", "IndexError", "KeyError", "LookupError",
        "OSError", "StorageInvocationError",
    }
)  # fmt: skip
"""What people think a missing key raises, or what None would raise."""


def not_caught(plugin: CheckedPlugin) -> Iterator[Finding]:
    """An `except` for a missing key that catches something else."""
    for call in plugin.session.storage_calls:
        tried = _tried(call)
        if call.use.name not in ("get", "delete") or tried is None:
            continue
        names = {name for handler in tried.handlers for name in caught(handler)}
        if names and names <= _NOT_RAISED:
            listed = " and ".join(f"`{each}`" for each in sorted(names))
            message = (
                f"`except` for {listed} does not catch a missing key: `storage.{call.use.name}` "
                f"raises a plain `Exception`"
            )
            advice = "Catch `Exception`, and look for 'load data failed' in its text."
            yield Finding(call.use.place(), "DE755", message, advice, (BY_SDK,))


def _tried(call: StorageCall) -> ast.Try | None:
    """The innermost `try` around a call, if nothing in it can be missing but the key."""
    parents = call.use.bodies.parents
    node: ast.AST = call.node
    while isinstance(node := parents[node], ast.expr | ast.Assign | ast.Return | ast.Expr):
        pass
    match node:
        case ast.Try(body=[only]) if _fails_alone(call.node, list(ast.walk(only))):
            return node
    return None


def _fails_alone(call: ast.Call, nodes: list[ast.AST]) -> bool:
    """Whether nothing but a call of the storage raises what is not expected there."""
    others = {
        last_name(each.func) for each in nodes if isinstance(each, ast.Call) and each is not call
    }
    return (
        call in nodes
        and not any(isinstance(each, ast.Subscript) for each in nodes)
        and others <= {*dir(str), *dir(bytes), "loads", "int", "float", "str"}
    )
