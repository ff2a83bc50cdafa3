"""What the class that the SDK takes has to define, so that it can be made and called."""

import ast
from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.code.classes import Classes, Function, PluginClass, PluginFunction, attributes
from emulator.check.code.held_classes import binds_by_other_means
from emulator.check.code.sdk_classes import SDK_CLASSES, Call
from emulator.check.code.sources import DeclaredSource
from emulator.check.declared.declarations import Declared
from emulator.check.declared.document import is_null
from emulator.check.findings import AT_LOAD, BY_SDK, Finding


def abstract_methods(plugin: CheckedPlugin) -> Iterator[Finding]:
    """DE706: a class that Python makes no object of, as abstract methods are left in it."""
    for source in plugin.sources:
        for cls in _taken(plugin.classes, source):
            missing = _left_abstract(plugin.classes, cls)
            if missing:
                calls = _calls(plugin.classes, cls)
                names = ", ".join(f"`{each}`" for each in missing)
                message = f"Can't instantiate abstract class {cls.name}: it does not define {names}"
                advice = "Define " + ", ".join(f"`{_head(each, calls)}`" for each in missing) + "."
                by = AT_LOAD if source.source.base == "ModelProvider" else BY_SDK
                place = cls.module.place(cls.node)
                yield Finding(place, "DE706", message, advice, (by,))


def called_methods(plugin: CheckedPlugin) -> Iterator[Finding]:
    """DE707 to DE710: methods that are not what the SDK calls."""
    for source in plugin.sources:
        for cls in _taken(plugin.classes, source):
            for name, call in _calls(plugin.classes, cls).items():
                if "validate" in name and not _has_credentials(source.declared):
                    continue  # Dify never asks for that
                method = _own_method(plugin.classes, cls, name)
                if method is not None and not method.node.decorator_list:
                    yield from _check_method(method, call, source.source.base)


_CREDENTIALS = ("credentials_for_provider", "credentials_schema", "provider_credential_schema")


def _has_credentials(declared: Declared) -> bool:
    return any(not is_null(declared.document.find(each)) for each in _CREDENTIALS)


_STREAMING = ("Tool", "AgentStrategy")
"""Classes whose `_invoke` hands back any number of messages."""


def _check_method(method: PluginFunction, call: Call, base: str) -> Iterator[Finding]:
    node, place = method.node, method.module.place(method.node)
    head = _head(node.name, {node.name: call})
    if not _accepts(node.args, call):
        message = f"the SDK calls `{node.name}` with {_told(call)}, which it does not take"
        yield Finding(place, "DE707", message, f"Write `{head}`.", (BY_SDK,))
    if isinstance(node, ast.AsyncFunctionDef):
        checks_only = "validate" in node.name
        message = f"`{node.name}` is `async`, and the SDK awaits nothing: its body never runs"
        advice = f"Write `{head}`, without `async` and `await`."
        yield Finding(place, "DE708" if not checks_only else "DE714", message, advice, (BY_SDK,))
    elif node.name == "_invoke" and (wrong := _wrong_result(node, base)):
        yield Finding(place, "DE709", *wrong, (BY_SDK,))
    elif node.name == "_invoke" and base in _STREAMING:
        for each in _one_message(node):
            message = "one message is returned, and the SDK walks through what it gets: it fails"
            advice = "Write `yield` in place of `return`."
            yield Finding(method.module.place(each), "DE709", message, advice, (BY_SDK,))


def _taken(classes: Classes, source: DeclaredSource) -> Iterator[PluginClass]:
    """The classes that are made an object of: not those that others there are derived from."""
    found = source.classes if source.source.several else filter(None, [source.cls])
    bases = {above for each in source.classes for above in classes.lineage(each).classes[1:]}
    return (each for each in found if each not in bases)


def _left_abstract(classes: Classes, cls: PluginClass) -> list[str]:
    lineage = classes.lineage(cls)
    plain = not any(
        each.node.decorator_list or binds_by_other_means(each.module) for each in lineage.classes
    )
    if not (lineage.whole and plain and lineage.sdk):
        return []
    abstract = set(SDK_CLASSES[lineage.sdk[0]].abstract)
    for each in reversed(lineage.classes):
        for name, value in attributes(each).items():
            (abstract.add if _is_abstract(value) else abstract.discard)(name)
    return sorted(abstract)


def _is_abstract(value: ast.AST | None) -> bool:
    decorators = value.decorator_list if isinstance(value, Function) else []
    return any(
        getattr(each, "id", getattr(each, "attr", None)) == "abstractmethod" for each in decorators
    )


def _calls(classes: Classes, cls: PluginClass) -> dict[str, Call]:
    """How the SDK calls its methods; the nearest of its classes says so."""
    found: dict[str, Call] = {}
    for each in reversed(classes.lineage(cls).sdk):
        found.update(SDK_CLASSES[each].calls)
    return found


def _own_method(classes: Classes, cls: PluginClass, name: str) -> PluginFunction | None:
    """The method that is called; None if an unknown base may have another."""
    own = attributes(cls)
    return classes.method(cls, name) if name in own or classes.lineage(cls).whole else None


def _accepts(args: ast.arguments, call: Call) -> bool:
    """Whether a method can be called so."""
    placed = [each.arg for each in (*args.posonlyargs, *args.args)]
    given = 1 if call.by_name else 1 + len(call.names)  # `self` comes first
    names = set(call.names) if call.by_name else set()
    if given > len(placed) and args.vararg is None:
        return False
    only_named = [each.arg for each in args.kwonlyargs]
    if args.kwarg is None and not names <= {*placed[given:], *only_named}:
        return False
    without_default = placed[given : max(len(placed) - len(args.defaults), given)]
    needed_named = [
        name for name, default in zip(only_named, args.kw_defaults, strict=True) if default is None
    ]
    return {*without_default, *needed_named} <= names


def _told(call: Call) -> str:
    names = ", ".join(f"`{each}`" for each in call.names)
    return f"{names} by name" if call.by_name else f"{names} by place"


def _head(name: str, calls: dict[str, Call]) -> str:
    given = calls[name].names if name in calls else ("...",)
    return f"def {name}({', '.join(('self', *given))})"


def _wrong_result(node: Function, base: str) -> tuple[str, str] | None:
    """What is wrong with what `_invoke` hands back, and what to do."""
    yields, returns = _results(node)
    if base in _STREAMING and not yields and not returns and _may_end(node.body):
        return (
            "`_invoke` neither yields nor returns anything: 'NoneType' object is not iterable",
            "Yield messages: `yield self.create_text_message(...)`.",
        )
    if base == "Endpoint" and yields:
        return (
            "`_invoke` yields, and the SDK needs one response: 'generator' object has no "
            "attribute 'response'",
            "Return `Response(generate())`, with the `yield` in a function `generate` of its own.",
        )
    if base == "Endpoint" and not returns and _may_end(node.body):
        return (
            "`_invoke` returns nothing: 'NoneType' object has no attribute 'response'",
            "Return a `Response`.",
        )
    return None


def _one_message(node: Function) -> list[ast.Return]:
    """Where a function that is no generator returns `self.create_text_message(...)` or its like."""
    yields, _ = _results(node)
    returned = [] if yields else [each for each in ast.walk(node) if isinstance(each, ast.Return)]
    return [each for each in returned if each.value is not None and _is_message(each.value)]


def _is_message(value: ast.expr) -> bool:
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
            return name.startswith("create_") and name.endswith("_message")
    return False


def _results(node: Function) -> tuple[bool, bool]:
    """Whether a function yields; if it does not, whether it returns a value."""
    returns = False
    waiting: list[ast.AST] = [*node.body]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(each, ast.Yield | ast.YieldFrom):
            return True, returns
        returns = returns or (isinstance(each, ast.Return) and each.value is not None)
        waiting += ast.iter_child_nodes(each)
    return False, returns


def _may_end(body: list[ast.stmt]) -> bool:
    """Whether a body may run to its end: not if it raises or goes on for ever."""
    waiting = [body]
    while waiting:
        match waiting.pop()[-1]:
            case ast.Raise() | ast.While(test=ast.Constant(value=True)):
                pass
            case ast.If(body=then, orelse=[_, *_] as other):
                waiting += [then, other]
            case ast.Try(body=tried, handlers=handlers, orelse=other):
                waiting += [other or tried, *(each.body for each in handlers)]
            case ast.With(body=inner):
                waiting.append(inner)
            case _:
                return True
    return False
