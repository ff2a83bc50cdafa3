"""What the session's objects do not have: methods, and ways to be used."""

import ast
from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.code.session.bodies import Body
from emulator.check.code.session.invocations import INVOCATIONS, STORAGE
from emulator.check.code.session.uses import Use
from emulator.check.findings import BY_SDK, Finding
from emulator.check.names import did_you_mean

_MEANT = {
    "exist": ("exists", "has", "contains", "has_key", "exist_key", "key_exists", "is_exist"),
    "get": ("read", "load", "fetch", "get_item", "get_value", "find", "get_bytes"),
    "set": ("put", "save", "store", "write", "add", "update", "upsert", "insert", "set_item"),
    "delete": ("remove", "del", "unset", "pop", "drop", "del_key", "delete_key"),
}
_LISTS = frozenset(
    {
        "all", "all_keys", "clear", "get_all", "get_keys", "items", "iter", "iterate", "keys",
        "list", "list_all", "list_keys", "ls", "scan", "scan_iter", "scan_keys", "search", "values",
    }
)  # fmt: skip
_NO_LIST = (
    "The storage cannot tell its keys: keep a list of them under a key of its own. It has "
    "`get`, `set`, `delete` and `exist`."
)


def missing_methods(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Methods that there are not (S invocations/)."""
    for use in plugin.session.all:
        if use.kind or use.name.startswith("_") or use.name == "session" or _is_expected(use):
            continue
        message = f"there is no method `{use.name}` on `{use.way}`: AttributeError"
        yield Finding(use.place(), "DE750", message, _instead(use), (BY_SDK,))


def _instead(use: Use) -> str:
    methods = INVOCATIONS[use.way].methods
    if use.way == STORAGE:
        if use.name in _LISTS:
            return _NO_LIST
        meant = next((right for right, wrong in _MEANT.items() if use.name in wrong), None)
        if meant:
            return f"Write `{meant}`."
    near = did_you_mean(use.name, methods)
    if near:
        return near
    inside = [way.rpartition(".")[2] for way in INVOCATIONS if way.rpartition(".")[0] == use.way]
    return f"It has {_listed([*methods, *inside])}."


def _listed(names: list[str]) -> str:
    *others, last = [f"`{each}`" for each in names]
    return f"{', '.join(others)} and {last}" if others else last


def _is_expected(use: Use) -> bool:
    """Whether the code asks first, or catches what it must expect."""
    if "AttributeError" in use.bodies.catches(use.node):
        return True
    return any(
        isinstance(each, ast.Call)
        and isinstance(each.func, ast.Name)
        and each.func.id in ("hasattr", "getattr")
        and any(isinstance(a, ast.Constant) and a.value == use.name for a in each.args)
        for each in use.body.nodes
    )


def wrong_operations(plugin: CheckedPlugin) -> Iterator[Finding]:
    """The storage taken for a dict, or one of the session's objects for a function."""
    finder = plugin.session.finder
    for bodies, body, node in plugin.session.expressions:
        way = finder.way(body, node)
        if way not in INVOCATIONS:
            continue
        cls = INVOCATIONS[way].made_by
        parent = bodies.parents.get(node)
        if isinstance(parent, ast.Call) and parent.func is node:
            methods = _listed([f"{way}.{each}" for each in INVOCATIONS[way].methods])
            message = f"`{way}` is called, and {cls!r} is not callable: TypeError"
            yield Finding(body.module.place(node), "DE751", message, f"Write {methods}.", (BY_SDK,))
        elif way == STORAGE and (as_dict := _as_dict(parent, node, body)):
            what, instead = as_dict
            message = f"{what}, and the storage is no dict: TypeError"
            yield Finding(body.module.place(node), "DE751", message, instead, (BY_SDK,))


def _as_dict(parent: ast.AST | None, node: ast.expr, body: Body) -> tuple[str, str] | None:
    """What is done with the storage as if it were a dict, and what to write instead."""
    match parent:
        case ast.Subscript(value=value, ctx=ast.Store()) if value is node:
            return "a value is set with `storage[key] = `", "Write `storage.set(key, value)`."
        case ast.Subscript(value=value, ctx=ast.Del()) if value is node:
            return "a value is deleted with `del storage[key]`", "Write `storage.delete(key)`."
        case ast.Subscript(value=value) if value is node:
            return "a value is read with `storage[key]`", "Write `storage.get(key)`."
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[value]) if value is node:
            return "a key is looked for with `in`", "Write `storage.exist(key)`."
        case ast.For(iter=value) | ast.comprehension(iter=value) if value is node:
            return "its keys are walked through", _NO_LIST
        case ast.Call(func=ast.Name(id=name), args=[value]) if value is node:
            if name in ("len", "list", "dict", "iter", "sorted") and body.home(name) is None:
                return f"`{name}(storage)` is asked for", _NO_LIST
    return None


def awaited_answers(plugin: CheckedPlugin) -> Iterator[Finding]:
    """`await` before a call that is none of asyncio's."""
    for use in plugin.session.all:
        awaited = use.bodies.parents.get(use.call) if use.call and use.kind else None
        if isinstance(awaited, ast.Await):
            message = f"`await` before `{use.way}.{use.name}`, which cannot be awaited: TypeError"
            yield Finding(use.place(awaited), "DE753", message, "Take the `await` out.", (BY_SDK,))
