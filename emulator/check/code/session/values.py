"""What a value surely is: text, bytes, a number, something that the storage gave back."""

import ast
import builtins
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property

from emulator.check.code.classes import Classes, Function, PluginClass
from emulator.check.code.session.bodies import Bodies, Body
from emulator.check.code.session.uses import Uses

PARAMETER = "parameter"
"""A parameter of a tool: as JSON gives it, or a file, and so never bytes."""

_OF_BUILTINS = {
    "str": "str", "repr": "str", "format": "str", "hex": "str", "chr": "str", "ascii": "str",
    "int": "int", "len": "int", "float": "float", "bool": "bool", "isinstance": "bool",
    "dict": "dict", "list": "list", "sorted": "list", "tuple": "tuple", "set": "set",
    "bytes": "bytes", "bytearray": "bytes",
}  # fmt: skip
_OF_LIBRARIES = {
    "json.dumps": "str", "time.strftime": "str", "html.escape": "str", "urllib.parse.quote": "str",
    "time.time": "float", "time.time_ns": "int", "base64.b64encode": "bytes",
    "base64.b64decode": "bytes", "base64.urlsafe_b64encode": "bytes", "pickle.dumps": "bytes",
    "zlib.compress": "bytes", "gzip.compress": "bytes", "struct.pack": "bytes",
    "orjson.dumps": "bytes", "binascii.hexlify": "bytes", "os.urandom": "bytes",
}  # fmt: skip
_OF_ANY_METHOD = {
    "isoformat": "str", "strftime": "str", "hexdigest": "str", "model_dump_json": "str",
}  # fmt: skip
"""Methods whose names tell what they give, whatever has them."""
_OF_TEXT = {
    **dict.fromkeys(
        (
            "capitalize", "casefold", "center", "expandtabs", "format", "format_map", "join",
            "ljust", "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rjust",
            "rstrip", "strip", "swapcase", "title", "translate", "upper", "zfill",
        ),
        "str",
    ),
    "encode": "bytes", "split": "list", "splitlines": "list", "rsplit": "list",
}  # fmt: skip
_ENCODINGS = frozenset({"utf-8", "utf8", "ascii", "latin-1", "latin1", "utf-8-sig", "utf-16"})
_INVOKED = re.compile(rb"(?<!super\(\))\._invoke\(")
_LITERALS: Mapping[type[ast.expr], str] = {
    ast.JoinedStr: "str",
    ast.Dict: "dict",
    ast.DictComp: "dict",
    ast.List: "list",
    ast.ListComp: "list",
    ast.Set: "set",
    ast.SetComp: "set",
    ast.Tuple: "tuple",
}


class Values:
    """Tells what the values in a plugin's code are."""

    def __init__(self, uses: Uses, classes: Classes) -> None:
        self._finder = uses.finder
        self._classes = classes
        self._calls: dict[ast.expr, str] = {call.node: call.use.name for call in uses.storage_calls}
        gets = [each for each in uses.storage_calls if each.use.name == "get"]
        self._gets = {each.use.body.module: None for each in gets}
        # What the plugin itself gives to a tool can be anything
        self._fills_tools = any(_INVOKED.search(each.source) for each in uses.every_module)
        self._known: dict[ast.expr, str | None] = {}
        self._parameters: dict[Body, str | None] = {}

    def assigned(self, body: Body, name: str) -> tuple[Body, list[ast.expr]] | None:
        """All that a name is ever set to, and where; None if that cannot be told."""
        home = body.home(name)
        if home is None or name in home.parameters:
            return None
        if name in self._finder.bodies(home.module).shared:
            return None
        values = [each for each in home.bound[name] if each is not None]
        return (home, values) if values and len(values) == len(home.bound[name]) else None

    def sources(self, body: Body, node: ast.expr) -> list[ast.expr]:
        """The calls of `storage.get` that it comes from; none if it may be anything else."""
        match node:
            case ast.Call() if self._calls.get(node) == "get":
                return [node]
            case ast.NamedExpr(value=value):
                return self.sources(body, value)
            case ast.Name(id=name):
                found = self.assigned(body, name)
                calls = found[1] if found else []
                if all(self._calls.get(each) == "get" for each in calls):
                    return calls
        return []

    @cached_property
    def stored(self) -> list[tuple[Bodies, Body, ast.expr]]:
        """All expressions that are what `storage.get` gave back, with where they stand."""
        return [
            (bodies, body, node)
            for module in self._gets
            for bodies in [self._finder.bodies(module)]
            for body in bodies.all
            for node in body.nodes
            if isinstance(node, ast.Name | ast.Call | ast.NamedExpr)
            and not (isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load))
            and self.sources(body, node)
        ]

    def type_of(self, body: Body, node: ast.expr) -> str | None:
        """The name of its type, or PARAMETER."""
        if node not in self._known:
            self._known[node] = None  # for what is set to itself
            with suppress(RecursionError):  # nested a thousand deep
                self._known[node] = self._type(body, node)
        return self._known[node]

    def _type(self, body: Body, node: ast.expr) -> str | None:
        match node:
            case ast.Constant(value=value):
                return type(value).__name__
            case ast.Name(id=name):
                found = self.assigned(body, name)
                return self._same(found[0], found[1]) if found else None
            case ast.NamedExpr(value=value):
                return self.type_of(body, value)
            case ast.IfExp(body=one, orelse=other):
                return self._same(body, [one, other])
            case ast.BoolOp(values=values):
                return self._same(body, values)
            case ast.UnaryOp(op=ast.Not()):
                return "bool"
            case ast.BinOp():
                return self._sum(body, node)
            case ast.Call():
                return self._called(body, node)
            case ast.Subscript(value=value):
                return PARAMETER if self._is_parameters(body, value) else None
        return _LITERALS.get(type(node))

    def _same(self, body: Body, nodes: list[ast.expr]) -> str | None:
        types = {self.type_of(body, each) for each in nodes}
        return types.pop() if len(types) == 1 else None

    def _sum(self, body: Body, node: ast.BinOp) -> str | None:
        left, right = self.type_of(body, node.left), self.type_of(body, node.right)
        if isinstance(node.op, ast.Add):
            return left if left == right else None
        if isinstance(node.op, ast.Mod) and left in ("str", "bytes"):
            return left
        return None

    def _called(self, body: Body, node: ast.Call) -> str | None:
        if name := self._calls.get(node):
            return {"get": "bytes", "exist": "bool"}.get(name, "NoneType")
        named = self._finder.named(body, node.func)
        if named in _OF_LIBRARIES:
            return _OF_LIBRARIES[named]
        match node.func:
            case ast.Name(id=name) if name in _OF_BUILTINS and body.home(name) is None:
                return _OF_BUILTINS[name] if hasattr(builtins, name) else None
            case ast.Attribute(value=of, attr=name) if named is None:
                return self._method(body, node, of, name)
        return None

    def _method(self, body: Body, node: ast.Call, of: ast.expr, name: str) -> str | None:
        if name in _OF_ANY_METHOD:
            return _OF_ANY_METHOD[name]
        if name == "get" and self._is_parameters(body, of):
            default = node.args[1] if len(node.args) > 1 else ast.Constant(None)
            return PARAMETER if self.type_of(body, default) not in ("bytes", None) else None
        kind = self.type_of(body, of)
        if kind == "str":
            return _OF_TEXT.get(name)
        if name == "decode" and (kind == "bytes" or _names_an_encoding(node)):
            return "str"
        if name == "encode" and _names_an_encoding(node):
            return "bytes"
        return {"hex": "str"}.get(name) if kind == "bytes" else None

    def _is_parameters(self, body: Body, node: ast.expr) -> bool:
        """Whether it is the mapping of a tool's parameters, with nothing put into it."""
        if not isinstance(node, ast.Name) or body.cls is None:
            return False
        if body not in self._parameters:
            self._parameters[body] = self._untouched_parameters(body, body.cls)
        return self._parameters[body] == node.id

    def _untouched_parameters(self, body: Body, cls: PluginClass) -> str | None:
        """The name of a tool's parameters in its `_invoke`."""
        function = body.node
        if not isinstance(function, Function) or function.name != "_invoke":
            return None
        name = next((each.arg for each in function.args.args[1:2]), "")
        if name in body.bound or self._fills_tools or not self._classes.is_a(cls, "Tool"):
            return None
        changing = (each for each in body.nodes if type(each) in (ast.Subscript, ast.Call))
        return None if any(_puts_into(each, name) for each in changing) else name


def _names_an_encoding(node: ast.Call) -> bool:
    match node.args:
        case [ast.Constant(value=str(name)), *_]:
            return name.lower() in _ENCODINGS
    return False


def _puts_into(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Subscript(value=ast.Name(id=into), ctx=ast.Store()):
            return into == name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=into), attr="update" | "setdefault")):
            return into == name
    return False
