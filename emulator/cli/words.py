"""The words of ``run`` and ``request``: name=value, name:=json, name@file, and headers."""

import difflib
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from emulator.errors import UsageError
from emulator.plugin.tool import Tool

_ITEM = re.compile(r"^([^=:@]+)(:=|=|@)(.*)$", re.DOTALL)


def read_parameters(
    items: Iterable[str], offer_file: Callable[[Path], dict[str, Any]]
) -> dict[str, Any]:
    """Parameters out of words. Files named twice become a list. Raises UsageError."""
    parameters: dict[str, Any] = {}
    for item in items:
        found = _ITEM.match(item)
        if not found:
            raise UsageError(
                f"{item!r} is not a parameter.", advice="Write name=value, name:=json or name@file."
            )
        name, how, text = found.groups()
        if how == "@":
            given: Any = offer_file(_existing_file(text, item))
            if name in parameters:
                before = parameters[name]
                given = [*before, given] if isinstance(before, list) else [before, given]
        elif name in parameters:
            raise UsageError(f"The parameter {name!r} is given twice.")
        else:
            given = _json(text, item) if how == ":=" else text
        parameters[name] = given
    return parameters


def check_names(tool: Tool, parameters: dict[str, Any]) -> None:
    """Refuse names that the tool does not declare, and required ones that are missing."""
    declared = {parameter.name: parameter for parameter in tool.parameters or []}
    for name in parameters:
        if name not in declared and not tool.has_runtime_parameters:
            near = difflib.get_close_matches(name, declared, n=1)
            advice = f"Did you mean {near[0]!r}?" if near else f"It takes: {_list(declared)}."
            raise UsageError(f"{tool.name} has no parameter {name!r}.", advice=advice)
    for name, parameter in declared.items():
        if parameter.required and parameter.form == "llm" and name not in parameters:
            raise UsageError(
                f"{tool.name} needs the parameter {name!r} ({parameter.type}).",
                advice=f"Give it as {name}=..., or {name}:=null to see what happens without it.",
            )


def read_pairs(pairs: Iterable[str], option: str) -> dict[str, str]:
    """``name=value`` of a repeatable option. Raises UsageError."""
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"{option} {pair!r}: write it as name=value.")
        values[name] = value
    return values


def read_headers(lines: Iterable[str]) -> list[tuple[str, str]]:
    """``Name: value`` of -H. Raises UsageError."""
    headers = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not re.fullmatch(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", name):
            raise UsageError(f"-H {line!r}: write it as 'Name: value'.")
        if "\n" in value or "\r" in value:
            raise UsageError(f"-H {line!r}: a header is one line.")
        headers.append((name, value.strip()))
    return headers


def read_text_or_file(word: str, option: str) -> bytes:
    """Text as it is, or the bytes of the file in ``@file``. Raises UsageError."""
    if word.startswith("@"):
        return _existing_file(word[1:], f"{option} {word}").read_bytes()
    return word.encode("utf-8", "surrogateescape")


def _existing_file(name: str, word: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise UsageError(f"{word}: there is no file {name!r}.")
    return path.absolute()


def _json(text: str, item: str) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{item!r}: what follows := is not JSON: {error}.",
            advice="Text needs quotes in JSON; name=value takes it without.",
        ) from None


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
