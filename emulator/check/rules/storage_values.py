"""What `set` is given, and what is done with what `get` gives back: both are bytes."""

import ast
from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.code.session.bodies import Bodies, Body
from emulator.check.code.session.values import PARAMETER, Values
from emulator.check.findings import BY_SDK, Finding

_TO_BYTES = {
    "str": "{}.encode()",
    "dict": "json.dumps({}).encode()",
    "list": "json.dumps({}).encode()",
    "tuple": "json.dumps({}).encode()",
    "int": "str({}).encode()",
    "float": "str({}).encode()",
    "bool": "str({}).encode()",
    PARAMETER: "str({}).encode()",
}
_SHORT = 40
"""Longer code is not repeated in an advice."""


def not_bytes(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Values that `set` does not take: `hexlify` gets them (S invocations/storage.py)."""
    for call in plugin.session.storage_calls:
        value = call.value
        if value is None or _expected(call.use.bodies, call.node, "TypeError"):
            continue
        kind = plugin.values.type_of(call.use.body, value)
        if kind is not None and kind != "bytes":
            what = "a parameter of the tool, which is never bytes"
            given = what if kind == PARAMETER else f"{_a(kind)} where it takes bytes"
            message = f"`storage.set` is given {given}: TypeError"
            yield Finding(
                call.use.place(value), "DE756", message, _as_bytes(kind, value), (BY_SDK,)
            )


def _as_bytes(kind: str, value: ast.expr) -> str:
    if kind == "NoneType":
        return "Delete the key, or keep an empty value: `b''`."
    pattern = _TO_BYTES.get(kind)
    if pattern is None:
        return "Make bytes of it, such as `json.dumps(value).encode()`."
    code = ast.unparse(value)
    if len(code) > _SHORT:
        code = "value"
    elif isinstance(value, ast.BinOp | ast.BoolOp | ast.IfExp) and pattern.startswith("{}"):
        code = f"({code})"
    return f"Write `{pattern.format(code)}`."


def _a(kind: str) -> str:
    if kind == "NoneType":
        return "None"
    return f"{'an' if kind == 'int' else 'a'} {kind}"


_TAKE_BYTES = frozenset(
    {
        "count", "endswith", "find", "index", "lstrip", "partition", "removeprefix",
        "removesuffix", "replace", "rfind", "rindex", "rpartition", "rsplit", "rstrip", "split",
        "startswith", "strip",
    }
)  # fmt: skip
"""Methods of bytes whose first argument is to be bytes as well."""


def taken_for_text(plugin: CheckedPlugin) -> Iterator[Finding]:
    """What `get` gives back, used as only text can be."""
    values = plugin.values
    for bodies, body, node in _stored(plugin):
        found = _misused(values, bodies, body, node)
        if found is None:
            continue
        what, error = found
        if not _expected(bodies, node, error):
            message = f"what `storage.get` gives back is bytes: {what}: {error}"
            place = body.module.place(node)
            yield Finding(place, "DE757", message, "Write `.decode()` after it.", (BY_SDK,))


def compared_with_text(plugin: CheckedPlugin) -> Iterator[Finding]:
    """What `get` gives back, compared with text: they are never equal."""
    for bodies, body, node in _stored(plugin):
        match bodies.parents.get(node):
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
                other = right if left is node else left
                if plugin.values.type_of(body, other) == "str":
                    message = "what `storage.get` gives back is bytes, which no text equals"
                    advice = "Write `.decode()` after it, or compare it with bytes: `b'...'`."
                    yield Finding(body.module.place(node), "DE758", message, advice, (BY_SDK,))


def _stored(plugin: CheckedPlugin) -> Iterator[tuple[Bodies, Body, ast.expr]]:
    """All expressions that are what `get` gave back, unless the code asks what they are."""
    for bodies, body, node in plugin.values.stored:
        if not (isinstance(node, ast.Name) and _asked_for(body, node.id)):
            yield bodies, body, node


def _asked_for(body: Body, name: str) -> bool:
    """Whether the code asks for the type of what a name holds."""
    return any(
        isinstance(each, ast.Call)
        and isinstance(each.func, ast.Name)
        and each.func.id in ("isinstance", "hasattr", "getattr", "type")
        and any(isinstance(given, ast.Name) and given.id == name for given in each.args)
        for each in body.nodes
    )


def _misused(values: Values, bodies: Bodies, body: Body, node: ast.expr) -> tuple[str, str] | None:
    """What fails, and with which error."""
    parent = bodies.parents.get(node)
    match parent:
        case ast.Attribute(attr=name) if not hasattr(bytes, name):
            return f"it has no `{name}`", "AttributeError"
        case ast.Attribute(attr=name) if name in _TAKE_BYTES:
            match bodies.parents.get(parent):
                case ast.Call(func=called, args=[first, *_]) if called is parent:
                    if values.type_of(body, first) == "str":
                        return f"its `{name}` does not take text", "TypeError"
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            other = right if left is node else left
            if values.type_of(body, other) == "str":
                return "no text can be added to it", "TypeError"
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()]):
            if values.type_of(body, left) == "str":
                return "no text is looked for in it", "TypeError"
        case ast.Subscript(value=value, slice=index) if value is node:
            if values.type_of(body, index) == "str":
                return "it has no fields", "TypeError"
    return None


def _expected(bodies: Bodies, node: ast.AST, error: str) -> bool:
    """Whether the code catches just that."""
    return error in bodies.catches(node)
