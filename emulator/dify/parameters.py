"""What the platform does to a tool's parameters before the plugin sees them.

P api/core/plugin/entities/parameters.py: values are cast by their declared type, form parameters
get their defaults, and parameters that a model would supply (``form: llm``) do not.
"""

import json
from collections.abc import Sequence
from typing import Any

from emulator.dify.dify_error import DifyError
from emulator.dify.notes import Note, note
from emulator.plugin.tool import ToolParameter

_TRUE = ("true", "yes", "y", "1")
_FALSE = ("false", "no", "n", "0")
_AS_TEXT = ("string", "secret-input", "select", "checkbox", "dynamic-select")
_MULTIPLE = ("select", "checkbox", "dynamic-select")


class ParameterRefused(DifyError):
    """The platform does not take a parameter; its words do not always say which."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__(words)
        self.name = name


def prepare(
    declared: Sequence[ToolParameter], given: dict[str, Any]
) -> tuple[dict[str, Any], list[Note]]:
    """The parameters that the plugin gets for those given, and what is to be noted.

    Raises ParameterRefused with the platform's words if a value cannot be cast.
    """
    parameters = dict(given)
    notes: list[Note] = []
    left_out: list[str] = []
    for parameter in declared:
        name = parameter.name
        try:
            if parameter.form == "form":
                parameters[name] = _form_value(parameter, given.get(name))
            elif name in given:
                parameters[name] = _cast_multiple(parameter, given[name])
            elif parameter.default is not None and not parameter.required:
                left_out.append(name)
        except DifyError as error:
            raise ParameterRefused(name, str(error)) from None
    if left_out:
        happened = f"{', '.join(left_out)} had a default and was left out: it is not filled in."
        notes.append(note("DE302", happened))
    notes.extend(
        note("DE301", f"The parameter {name!r} was {value!r} and arrives as the int {int(value)}.")
        for name, value in parameters.items()
        if isinstance(value, float) and value.is_integer()
    )
    return parameters, notes


def _form_value(parameter: ToolParameter, given: Any) -> Any:
    value = given
    if not value and value != 0:
        value = parameter.default
        if not value and parameter.required:
            raise DifyError(f"tool parameter {parameter.name} not found in tool config")
    value = _as_list(value) if _is_multiple(parameter) else value
    if parameter.type == "select":
        options = [_option_text(option.value) for option in parameter.options or []]
        chosen = value if isinstance(value, list) else [] if value is None else [value]
        if wrong := [item for item in chosen if item not in options]:
            shown = wrong if isinstance(value, list) else wrong[0]
            text = f"tool parameter {parameter.name} value {shown} not in options {options}"
            raise DifyError(text)
    return value if _is_multiple(parameter) else cast(parameter.type, value)


def _cast_multiple(parameter: ToolParameter, value: Any) -> Any:
    return _as_list(value) if _is_multiple(parameter) else cast(parameter.type, value)


def _is_multiple(parameter: ToolParameter) -> bool:
    return parameter.multiple and parameter.type in _MULTIPLE


def _as_list(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in (value if isinstance(value, list) else [value])]


def _option_text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def cast(kind: str, value: Any) -> Any:
    """One value by its declared type. Raises DifyError with the platform's words."""
    try:
        return _cast(kind, value)
    except ValueError as error:
        raise DifyError(str(error)) from None
    except (TypeError, OverflowError):
        shown = "string" if kind in ("secret-input", "select", "checkbox") else kind
        text = f"The tool parameter value {value!r} is not in correct type of {shown}."
        raise DifyError(text) from None


def _cast(kind: str, value: Any) -> Any:
    if kind in _AS_TEXT:
        return "" if value is None else str(value)
    match kind:
        case "boolean":
            return _boolean(value)
        case "number":
            return _number(value)
        case "file":
            if isinstance(value, list):
                if len(value) != 1:
                    raise ValueError(
                        "This parameter only accepts one file but got multiple files while "
                        "invoking."
                    )
                return value[0]
        case "files":
            return value if isinstance(value, list) else [value]
        case "model-selector" | "app-selector":
            if not isinstance(value, dict):
                raise ValueError("The selector must be a dictionary.")
        case "array":
            return _parsed(value, list, [value])
        case "object":
            return _parsed(value, dict, {})
        case "any":
            if value and not isinstance(value, str | dict | list | int | float):
                raise ValueError("The var selector must be a string, dictionary, list or number.")
        case _:
            pass
    return value


def _boolean(value: Any) -> bool:
    if isinstance(value, str):
        if value.lower() in _TRUE:
            return True
        if value.lower() in _FALSE:
            return False
    return bool(value)


def _number(value: Any) -> int | float | None:
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and value:
        return float(value) if "." in value else int(value)
    return None


def _parsed(value: Any, kind: type[list[Any]] | type[dict[str, Any]], otherwise: Any) -> Any:
    if isinstance(value, kind):
        return value
    if isinstance(value, str):
        try:
            parsed = json.loads(value)
        except ValueError:
            return otherwise
        if isinstance(parsed, kind):
            return parsed
    return otherwise
