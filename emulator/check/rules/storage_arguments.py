"""Arguments that the storage's methods do not take (S invocations/storage.py)."""

import ast
from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.code.session.uses import StorageCall
from emulator.check.findings import BY_SDK, Finding
from emulator.check.names import nearest

_TAKES = {"set": ("key", "val"), "get": ("key",), "delete": ("key",), "exist": ("key",)}
_ADVICE = {
    "set": "Write `storage.set(key, val)`.",
    "get": "It takes the key alone, and raises if there is no such key: ask "
    "`storage.exist(key)` first.",
    "delete": "It takes the key alone.",
    "exist": "It takes the key alone.",
}


def wrong_arguments(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Too many, too few, or under other names."""
    for call in plugin.session.storage_calls:
        problem = _problem(call)
        if problem is not None:
            node, message, advice = problem
            place = call.use.body.module.place(node)
            yield Finding(place, "DE752", f"{message}: TypeError", advice, (BY_SDK,))


def _problem(call: StorageCall) -> tuple[ast.expr | ast.keyword, str, str] | None:
    name, node = call.use.name, call.node
    names = _TAKES[name]
    by_name = {each.arg: each for each in node.keywords}
    if None in by_name or any(isinstance(each, ast.Starred) for each in node.args):
        return None  # what they hold is not known
    if len(node.args) > len(names):
        message = f"`storage.{name}` takes {_count(len(names))} and is given {len(node.args)}"
        return node.args[len(names)], message, _ADVICE[name]
    for word, keyword in by_name.items():
        if word not in names:
            near = nearest(str(word), names) or (names[-1] if word in _VALUES else None)
            advice = f"Write `{near}=`." if near else _ADVICE[name]
            return keyword, f"`storage.{name}` has no argument `{word}`", advice
        if names.index(str(word)) < len(node.args):
            return keyword, f"`storage.{name}` is given `{word}` twice", _ADVICE[name]
    missing = [each for each in names[len(node.args) :] if each not in by_name]
    if missing:
        listed = " and ".join(f"`{each}`" for each in missing)
        return call.use.node, f"`storage.{name}` is not given its {listed}", _ADVICE[name]
    return None


_VALUES = ("data", "content", "body", "bytes")


def _count(number: int) -> str:
    return "1 argument" if number == 1 else f"{number} arguments"
