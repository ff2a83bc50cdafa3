"""Follow a mapping through a plugin's functions: which of its keys are read, and where."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from emulator.check.code.classes import PluginClass
from emulator.check.code.reads.callees import Callee, Code
from emulator.check.code.reads.holders import Names
from emulator.check.code.reads.reading import Read, Reads, Text
from emulator.check.code.reads.scope import Scope, dotted

_ASKING = ("isinstance", "len", "bool", "type", "id")
"""Functions that read no key."""
_SHOWING = ("print", "str", "repr", "json.dumps", "pprint")
"""Functions that read all keys and put none in."""
_LOGS = {"logger", "logging", "log", "_logger"}


@dataclass(frozen=True)
class Given:
    """How a function is called: what stands for the mapping, and which texts it is given."""

    names: frozenset[str] = frozenset()
    attribute: str | None = None
    texts: Mapping[str, Text] = field(default_factory=dict)
    caught: bool = False
    """Whether its caller catches a KeyError."""

    @property
    def sign(self) -> tuple[object, ...]:
        texts = frozenset((name, each.value) for name, each in self.texts.items())
        return (self.names, self.attribute, texts, self.caught)


class Follower:
    """Follows one mapping; `reads` is what is found on the way."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.reads = Reads()
        self._been: set[tuple[object, ...]] = set()

    def follow(self, callee: Callee, given: Given) -> None:
        sign = (callee.function, callee.instance_of, *given.sign)
        if sign not in self._been:
            self._been.add(sign)
            try:
                _Walk(self, callee, given).walk()
            except RecursionError:  # code nested as no one writes it
                self.reads.lose_sight()


class _Walk:
    """One function."""

    def __init__(self, follower: Follower, callee: Callee, given: Given) -> None:
        self._follower = follower
        self._reads = follower.reads
        self._callee = callee
        self._given = given
        self._scope: Scope = follower.code.scope(callee.function)
        self._names = Names(self._scope, given.names, given.attribute)

    def walk(self) -> None:
        held = [each for each in self._scope.names if self._names.hold(each)]
        for node in dict.fromkeys(map(self._widest, held)):
            self._use(node)

    def _widest(self, node: ast.expr) -> ast.expr:
        """The widest expression around it that still is the mapping."""
        while True:
            around = self._scope.parents[node]
            if isinstance(around, ast.Attribute):
                around = self._scope.parents[around]  # the call of `.copy()`
            if not isinstance(around, ast.expr) or not self._names.hold(around):
                return node
            node = around

    def _use(self, node: ast.expr) -> None:
        """Tell what is done with the mapping here."""
        if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            self._reads.filled |= isinstance(node, ast.Attribute)
            return
        match self._scope.parents[node]:
            case ast.Subscript(value=value, slice=key, ctx=context) if value is node:
                self._item(node, key, context)
            case ast.Attribute(attr=name) as attribute:
                self._method(node, name, self._scope.parents[attribute])
            case ast.Compare(left=key, ops=[ast.In() | ast.NotIn()]):
                self._read(node, key, fails=False)
            case ast.Compare(ops=[ast.Is() | ast.IsNot() | ast.Eq() | ast.NotEq()]):
                pass
            case ast.Call() as call:
                self._argument(node, call)
            case ast.keyword(arg=str()) as keyword:
                self._argument(node, self._scope.parents[keyword])
            case parent:
                self._other(node, parent)

    def _item(self, node: ast.expr, key: ast.expr, context: ast.expr_context) -> None:
        if isinstance(context, ast.Store):
            self._write(key)
        else:
            self._read(node, key, fails=isinstance(context, ast.Load))

    def _method(self, node: ast.expr, name: str, call: ast.AST) -> None:
        match name, call:
            case "get" | "pop" | "setdefault", ast.Call(args=[key, *others], keywords=[]):
                self._read(node, key, fails=name == "pop" and not others)
                if name == "setdefault":
                    self._write(key)
            case "update", ast.Call(args=[ast.Dict(keys=keys)], keywords=keywords):
                for each in keys:
                    self._write(each)
                self._reads.written |= {each.arg or "" for each in keywords}
                self._reads.filled |= any(each.arg is None for each in keywords)
            case "update", ast.Call(args=[], keywords=keywords):
                self._reads.written |= {each.arg or "" for each in keywords}
                self._reads.filled |= any(each.arg is None for each in keywords)
            case "items" | "values" | "keys", ast.Call(args=[]):
                self._reads.whole = True
            case _:
                self._reads.lose_sight()

    def _other(self, node: ast.expr, parent: ast.AST) -> None:
        match parent:
            case ast.Assign(targets=targets) if all(isinstance(each, ast.Name) for each in targets):
                pass
            case ast.AnnAssign(target=ast.Name()) | ast.Expr():
                pass
            case _ if self._is_tested(node):
                pass
            case (
                ast.FormattedValue() | ast.For() | ast.comprehension() | ast.Dict() | ast.keyword()
            ):
                self._reads.whole = True
            case _:
                self._reads.lose_sight()

    def _is_tested(self, node: ast.AST) -> bool:
        """Whether nothing but its being empty matters here."""
        match self._scope.parents[node]:
            case ast.If() | ast.While() | ast.IfExp() | ast.Assert() as statement:
                return statement.test is node
            case ast.BoolOp(op=ast.And(), values=values) if values[-1] is not node:
                return True
            case ast.BoolOp() as parent:
                return self._is_tested(parent)
            case ast.UnaryOp(op=ast.Not()):
                return True
        return False

    def _argument(self, node: ast.expr, call: ast.AST) -> None:
        """The mapping is handed on."""
        assert isinstance(call, ast.Call)
        name = dotted(call.func) or ""
        if name in _ASKING:
            return
        if name in _SHOWING or _LOGS & {*name.split(".")}:
            self._reads.whole = True
            return
        callee = self._follower.code.callee(call.func, self._callee)
        given = self._given_to(callee, call) if callee else None
        if callee is None or given is None:
            self._reads.lose_sight()
        else:
            self._follower.follow(callee, given)

    def _given_to(self, callee: Callee, call: ast.Call) -> Given | None:
        """What a function is given by a call; None if that cannot be told."""
        names: set[str] = set()
        texts: dict[str, Text] = {}
        for name, value in callee.arguments(call):
            if self._names.hold(value):
                if name is None or not self._names.surely_hold(value):
                    return None
                names.add(name)
            elif name is not None:
                match self._texts(value):
                    case [text]:
                        texts[name] = text
        caught = self._given.caught or self._scope.catches_a_missing_key(call)
        return Given(frozenset(names), None, texts, caught)

    def _read(self, node: ast.expr, key: ast.expr, fails: bool) -> None:
        texts = self._texts(key)
        if texts is None:
            self._reads.whole = True
            return
        caught = self._given.caught or self._scope.catches_a_missing_key(node)
        certain = self._names.surely_hold(node)
        for each in texts:
            self._reads.reads.append(Read(each, fails and not caught, certain))

    def _write(self, key: ast.expr | None) -> None:
        texts = self._texts(key) if key else None
        if texts is None:
            self._reads.filled = True
        else:
            self._reads.written |= {each.value for each in texts}

    def _texts(self, key: ast.expr) -> list[Text] | None:
        """The texts that a key can be; None if they cannot be told."""
        match key:
            case ast.Constant(value=str()):
                return [Text(self._callee.module, key)]
            case ast.Constant():
                return []
            case ast.Name(id=name) if name in self._scope.bindings:
                return self._texts_of(name)
            case ast.Name(id=name) if name in self._given.texts:
                return [self._given.texts[name]]
            case ast.Name(id=name) if name not in self._callee.all_parameters:
                text = self._follower.code.constant(self._callee.module, name)
                return [Text(self._callee.module, text)] if text else None
        return None

    def _texts_of(self, name: str) -> list[Text] | None:
        """Those that a local name goes through: `for name in ("a", "b")`."""
        passes = self._scope.passes[name]
        if len(passes) != len(self._scope.bindings[name]):
            return None
        texts = []
        for each in passes:
            if not isinstance(each, ast.Tuple | ast.List | ast.Set):
                return None
            for key in each.elts:
                if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                    return None
                texts.append(Text(self._callee.module, key))
        return texts


def reads_of_argument(code: Code, cls: PluginClass, method: str, position: int) -> Reads | None:
    """What is read of one of the arguments that Dify calls a method with; None if not known."""
    callee = code.method(cls, method)
    if callee is None or not callee.takes_its_arguments_as_they_are:
        return None
    names = callee.parameters
    if len(names) <= position:
        return None
    follower = Follower(code)
    follower.follow(callee, Given(frozenset({names[position]})))
    return follower.reads
