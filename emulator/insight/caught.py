"""Where a plugin catches the exceptions of its calls, and whether that hides them."""

import ast
from dataclasses import dataclass

from emulator.insight.places import steps
from emulator.insight.plugin_code import PluginCode

_ANY = ("Exception", "BaseException")  # the SDK raises a bare Exception
_LOGGING = ("exception", "exc_info", "format_exc", "print_exc")

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Try = ast.Try | ast.TryStar
_With = ast.With | ast.AsyncWith


@dataclass(frozen=True, slots=True)
class Catch:
    """What catches an exception."""

    file: str
    line: int
    hides: bool
    """It neither looks at what was raised nor raises: one failure is to it as any other."""


def catch_of(code: PluginCode, place: str | None) -> Catch | None:
    """What catches an exception raised by a call at this place; None if nothing is known to."""
    for file, line in steps(place):
        tree = code.tree(file)
        for block in _blocks_around(tree, line) if tree else ():
            if (found := _catching(block)) is not None:
                return Catch(file, found.lineno, _hides(found))
    return None


def _blocks_around(tree: ast.Module, line: int) -> list[_Try | _With]:
    """The blocks that an exception raised on a line passes, the innermost first."""
    blocks: list[_Try | _With] = []
    for node in ast.walk(tree):  # outer nodes come before inner ones
        if isinstance(node, _Function | _Try | _With) and _holds(node, line):
            if isinstance(node, _Function):
                blocks = []  # it is called at another time than what stands around it
            else:
                blocks.insert(0, node)
    return blocks


def _holds(node: _Function | _Try | _With, line: int) -> bool:
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    return body[0].lineno <= line <= (body[-1].end_lineno or line)


def _catching(block: _Try | _With) -> ast.ExceptHandler | ast.expr | None:
    """What catches a bare Exception: a handler, or a call of contextlib.suppress."""
    if isinstance(block, _Try):
        return next((each for each in block.handlers if _is_any(each.type)), None)
    for item in block.items:
        match item.context_expr:
            case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress")) as call:
                if any(_is_any(each) for each in call.args):
                    return call
    return None


def _is_any(kind: ast.expr | None) -> bool:
    match kind:
        case ast.Tuple(elts=kinds):
            return any(_is_any(each) for each in kinds)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in _ANY
    return kind is None


def _hides(catching: ast.ExceptHandler | ast.expr) -> bool:
    if isinstance(catching, ast.expr):
        return True
    for node in (inner for each in catching.body for inner in ast.walk(each)):
        match node:
            case ast.Raise():
                return False
            case ast.Name(id=name) if name == catching.name or name in _LOGGING:
                return False
            case ast.Attribute(attr=name) | ast.keyword(arg=name) if name in _LOGGING:
                return False
    return True
