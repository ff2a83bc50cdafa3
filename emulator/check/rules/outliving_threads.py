"""Threads that a round starts and does not wait for, and that use its session.

When a round has ended Dify knows its session no more: what a thread asks of it then is dropped,
never done, and waits for 250 seconds (D internal/core/io_tunnel/generic.go).
"""

import ast
from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.code.classes import PluginClass, PluginFunction
from emulator.check.code.session.bodies import Bodies, Body
from emulator.check.code.session.uses import Use
from emulator.check.findings import BY_DAEMON, Finding

_HANDLERS = ("Endpoint", "Tool")
_WAITING = frozenset({"acquire", "join", "result", "sleep", "wait"})
_OF_A_THREAD = frozenset({"daemon", "name", "setDaemon", "start"})


def outliving_threads(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Threads that a handler starts, forgets and answers without."""
    for module in plugin.session.modules:
        bodies = plugin.session.finder.bodies(module)
        for body, call in bodies.calls.get("Thread", ()):
            if not _is_forgotten(plugin, bodies, body, call):
                continue
            target = next((each.value for each in call.keywords if each.arg == "target"), None)
            use = _use_in(plugin, _called(plugin, body, target)) if target else None
            if use is not None:
                message = (
                    f"a thread that `_invoke` does not wait for calls `{use.way}.{use.name}`: once "
                    "the round has ended Dify drops that, and it waits 250 seconds"
                )
                advice = "Wait for the thread with `.join()`, or ask Dify before it starts."
                yield Finding(module.place(call), "DE772", message, advice, (BY_DAEMON,))


def _is_forgotten(plugin: CheckedPlugin, bodies: Bodies, body: Body, call: ast.Call) -> bool:
    """Whether a handler starts it and goes on to its end without it."""
    if body.cls is None or getattr(body.node, "name", None) != "_invoke":
        return False
    if plugin.session.finder.named(body, call.func) != "threading.Thread":
        return False
    if not any(plugin.classes.is_a(body.cls, each) for each in _HANDLERS):
        return False
    return not any(map(_waits, body.nodes)) and _is_only_started(bodies, body, call)


def _waits(node: ast.AST) -> bool:
    match node:
        case ast.While() | ast.Yield() | ast.YieldFrom():
            return True
        case ast.Call(func=ast.Attribute(value=of, attr=name), args=args):
            # `", ".join(...)`; `queue.get()`, unlike that of a dict
            return (name in _WAITING and not isinstance(of, ast.Constant)) or (
                name == "get" and not args
            )
    return False


def _is_only_started(bodies: Bodies, body: Body, call: ast.Call) -> bool:
    match bodies.parents[call]:
        case ast.Attribute(attr="start"):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            uses = [each for each in body.nodes if isinstance(each, ast.Name) and each.id == name]
            above = [bodies.parents[each] for each in uses if isinstance(each.ctx, ast.Load)]
            return all(
                isinstance(each, ast.Attribute) and each.attr in _OF_A_THREAD for each in above
            )
    return False


def _called(plugin: CheckedPlugin, body: Body, function: ast.expr) -> Body | None:
    """The body of the plugin's own function that an expression names."""
    finder = plugin.session.finder
    if isinstance(function, ast.Lambda):
        return finder.bodies(body.module).of.get(function)
    found: PluginFunction | None = None
    if isinstance(function, ast.Attribute):
        of = finder.thing(body, function.value)
        found = plugin.classes.method(of, function.attr) if isinstance(of, PluginClass) else None
    elif isinstance(function, ast.Name):
        home = body.home(function.id)
        for each in finder.bodies(body.module).all:
            if each.outer is home and getattr(each.node, "name", None) == function.id:
                return each
        meaning = plugin.classes.resolve(body.module, function)
        found = meaning if isinstance(meaning, PluginFunction) else None
    return finder.bodies(found.module).of.get(found.node) if found else None


def _use_in(plugin: CheckedPlugin, body: Body | None) -> Use | None:
    """The first call to Dify that is reached from a body, as far as the plugin's code goes."""
    uses = {use.body: use for use in plugin.session.all if use.kind and use.call}
    waiting, been = [body], set[Body]()
    while waiting:
        each = waiting.pop(0)
        if each is None or each in been:
            continue
        been.add(each)
        if each in uses:
            return uses[each]
        calls = [node for node in each.nodes if isinstance(node, ast.Call)]
        waiting += [_called(plugin, each, node.func) for node in calls]
    return None
