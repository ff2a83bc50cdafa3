"""Keys that Dify refuses, or keeps under another name (D core/persistence/persistence.go:29-44)."""

import ast
from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.code.session.bodies import Body
from emulator.check.code.session.uses import StorageCall
from emulator.check.code.session.values import Values
from emulator.check.findings import BY_DAEMON, Finding
from emulator.plugin.storage_keys import (
    KEY_BYTES,
    KEY_TOO_LONG,
    NAME_BYTES,
    TRAVERSAL,
    clean,
    leads_out,
)

_HOLE = "\ufffc"
"""Stands for what only a run can tell: neither a dot nor a slash."""

_REFUSED_KINDS = frozenset({"NoneType", "int", "float", "bool", "list", "tuple", "dict", "set"})


def refused_keys(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Keys that no call with them survives."""
    for call in plugin.session.storage_calls:
        if call.key is not None and (refusal := _refusal(plugin.values, call, call.key)):
            message, advice = refusal
            yield Finding(call.use.place(call.key), "DE759", message, advice, (BY_DAEMON,))


def renamed_keys(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Keys that are cleaned: what the cache knows by one spelling, the files know by another."""
    for call in plugin.session.storage_calls:
        if call.key is None or _refusal(plugin.values, call, call.key):
            continue
        key = text_of(plugin.values, call.use.body, call.key)
        if key is None:
            continue
        name = clean(key).lstrip("/")
        if name in ("", "."):
            message = f"the key {key!r} is the folder of all that the plugin has stored"
            advice = "Name a key."
        elif name != key:
            message = f"Dify keeps the key {_shown(key)} as {_shown(name)}"
            advice = f"Write {_shown(name)}: for five minutes the two can show different values."
        else:
            continue
        yield Finding(call.use.place(call.key), "DE760", message, advice, (BY_DAEMON,))


def _refusal(values: Values, call: StorageCall, node: ast.expr) -> tuple[str, str] | None:
    """Why a key is refused, and what to write instead."""
    kind = values.type_of(call.use.body, node)
    if kind in _REFUSED_KINDS:
        what = "None" if kind == "NoneType" else f"{'an' if kind == 'int' else 'a'} {kind}"
        return f"the key is {what}, and has to be text", "Write a text, such as `str(key)`."
    key = text_of(values, call.use.body, node)
    if key is None:
        return None
    if not key:
        return "the key is empty, and Dify requires one", "Name a key."
    if leads_out(key):
        return (
            f"the key {_shown(key)} is refused: {TRAVERSAL!r}",
            r"Write it without `..` and `\`, also within names.",
        )
    if call.use.name != "set":
        return None
    if "\0" in key:
        return "the key has a NUL byte: 'invalid argument'", "Take it out."
    return _too_long(key.replace(_HOLE, ""))


def _too_long(key: str) -> tuple[str, str] | None:
    if len(key.encode(errors="replace")) > KEY_BYTES:
        return (
            f"the key is refused: {KEY_TOO_LONG!r}",
            f"Take at most {KEY_BYTES} bytes, or a hash.",
        )
    if any(len(part.encode(errors="replace")) > NAME_BYTES for part in key.split("/")):
        return (
            f"a part of the key is longer than {NAME_BYTES} bytes: 'file name too long'",
            "Take a shorter one, or a hash.",
        )
    return None


def text_of(values: Values, body: Body, node: ast.expr) -> str | None:
    """The text of a key, with holes where it is not known; None if nothing is."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(
                str(each.value) if isinstance(each, ast.Constant) else _HOLE for each in parts
            )
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            texts = [text_of(values, body, each) for each in (left, right)]
            if texts != [None, None]:
                return "".join(_HOLE if each is None else each for each in texts)
        case ast.Name(id=name):
            found = values.assigned(body, name)
            if found is not None and len(found[1]) == 1 and found[1] != [node]:
                return text_of(values, found[0], found[1][0])
    return None


def _shown(key: str) -> str:
    """A key as it can be written: with `{...}` for its holes."""
    if _HOLE in key:
        return "`f" + repr(key.replace(_HOLE, "{...}")) + "`"
    return f"`{key!r}`"
