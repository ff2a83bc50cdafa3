"""What the platform makes of a tool's parameters before the plugin gets them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conformance.case import Case, each, rows
from tests.conformance.system import Call, Refused, ToolRequestSystem

CAST = "P core/plugin/entities/parameters.py (cast_parameter_value)"
FORM = "P core/plugin/entities/parameters.py (init_frontend_parameter)"
LLM = "P core/tools/__base/tool.py (transform_tool_parameters_type)"


def _received(system: ToolRequestSystem, call: Call) -> Any:
    return json.loads(system.line(call))["data"]["tool_parameters"]


# -- casting by the declared type


@dataclass(frozen=True, slots=True)
class Cast(Case):
    """A value for a parameter of one type, and the value that arrives."""

    type: str
    given: Any
    arrives: Any


def _as(kind: str, *values: tuple[Any, Any]) -> list[Cast]:
    return [
        Cast(f"{given!r} as a {kind} is {arrives!r}", CAST, kind, given, arrives)
        for given, arrives in values
    ]


TEXTS = ("string", "secret-input", "checkbox", "dynamic-select")
FILE = {"url": "http://x/y"}

CASTS = [
    cast
    for kind in TEXTS
    for cast in _as(
        kind, ("a", "a"), (None, ""), (5, "5"), (5.5, "5.5"), (True, "True"), ([1], "[1]")
    )
] + [
    *_as("string", ({"a": 1}, "{'a': 1}"), ("", "")),
    *_as("boolean", (True, True), (False, False), (None, False), (0, False), (2, True)),
    *_as("boolean", ("true", True), ("Yes", True), ("Y", True), ("1", True)),
    *_as("boolean", ("false", False), ("No", False), ("N", False), ("0", False)),
    *_as("boolean", ("", False), ("maybe", True), ([], False), ([0], True)),
    *_as("number", (5, 5), (5.5, 5.5), (5.0, 5), ("5", 5), ("5.5", 5.5), ("5.0", 5), ("-3", -3)),
    *_as("number", (" 7 ", 7), ("", None), (None, None), ([1], None), (True, True)),
    *_as("files", ([FILE], [FILE]), (FILE, [FILE]), ([], []), (None, [None])),
    *_as("file", (FILE, FILE), ([FILE], FILE), (None, None)),
    *_as("model-selector", ({"provider": "p"}, {"provider": "p"})),
    *_as("app-selector", ({"app_id": "a"}, {"app_id": "a"})),
    *_as("array", ([1], [1]), ("[1, 2]", [1, 2]), ("x", ["x"]), ('{"a": 1}', ['{"a": 1}'])),
    *_as("array", (5, [5]), (None, [None])),
    *_as("object", ({"a": 1}, {"a": 1}), ('{"a": 1}', {"a": 1}), ("x", {}), ("[1]", {}), (5, {})),
    *_as("object", (None, {})),
    *_as("any", ("a", "a"), (5.5, 5.5), ([1], [1]), ({"a": 1}, {"a": 1}), (None, None)),
]


@each(CASTS)
def test_a_value_is_cast(case: Cast, tool_requests: ToolRequestSystem) -> None:
    call = Call([{"name": "v", "type": case.type}], {"v": case.given})
    assert repr(_received(tool_requests, call)) == repr({"v": case.arrives})


@dataclass(frozen=True, slots=True)
class Bad(Case):
    """A value for a parameter of one type, and the platform's words."""

    type: str
    given: Any
    error: str


ONE_FILE = "This parameter only accepts one file but got multiple files while invoking."
NO_DICT = "The selector must be a dictionary."

BAD = {
    "two files for one": ("file", [FILE, FILE], ONE_FILE),
    "no file for one": ("file", [], ONE_FILE),
    "a text as a model": ("model-selector", "gpt", NO_DICT),
    "nothing as a model": ("model-selector", None, NO_DICT),
    "a list as an app": ("app-selector", [], NO_DICT),
    "a word as a number": ("number", "five", "invalid literal for int() with base 10: 'five'"),
    "a word with a dot as a number": ("number", "a.b", "could not convert string to float: 'a.b'"),
}


@each(rows(Bad, CAST, BAD))
def test_a_value_that_cannot_be_cast(case: Bad, tool_requests: ToolRequestSystem) -> None:
    with pytest.raises(Refused) as refused:
        tool_requests.line(Call([{"name": "v", "type": case.type}], {"v": case.given}))
    assert str(refused.value) == case.error


# -- defaults and options


@dataclass(frozen=True, slots=True)
class Filled(Case):
    """Declared parameters, what is given, and all that arrives."""

    parameters: Sequence[Mapping[str, Any]]
    given: Mapping[str, Any]
    arrives: Mapping[str, Any]


def _form(**more: Any) -> list[dict[str, Any]]:
    return [{"name": "v", "type": "string", "form": "form", **more}]


def _llm(**more: Any) -> list[dict[str, Any]]:
    return [{"name": "v", "type": "string", "form": "llm", **more}]


def _of(*values: Any) -> list[dict[str, Any]]:
    return [{"value": value} for value in values]


FILLED = {
    "a form parameter that is left out gets its default": (_form(default="d"), {}, {"v": "d"}),
    "a form parameter that is null gets its default": (
        _form(default="d"),
        {"v": None},
        {"v": "d"},
    ),
    "a form parameter that is empty gets its default": (_form(default="d"), {"v": ""}, {"v": "d"}),
    "a form parameter of 0 keeps it": (_form(type="number", default=7), {"v": 0}, {"v": 0}),
    "a form parameter of false keeps it": (
        _form(type="boolean", default=True),
        {"v": False},
        {"v": False},
    ),
    "a form parameter without a default is empty": (_form(), {}, {"v": ""}),
    "a form number without a default is null": (_form(type="number"), {}, {"v": None}),
    "a default is cast too": (_form(type="number", default="5"), {}, {"v": 5}),
    "a required form parameter is content with its default": (
        _form(required=True, default="d"),
        {},
        {"v": "d"},
    ),
    "a model's parameter that is left out is absent, whatever its default": (
        _llm(default="d"),
        {},
        {},
    ),
    "a model's parameter that is null is cast": (_llm(default="d"), {"v": None}, {"v": ""}),
    "a model's parameter that is required may be absent": (_llm(required=True), {}, {}),
    "a name that is not declared is kept": (_llm(), {"v": 1, "w": 1}, {"v": "1", "w": 1}),
    "a select takes one of its options": (
        _form(type="select", options=_of("a", "b")),
        {"v": "b"},
        {"v": "b"},
    ),
    "a select that is left out is empty": (_form(type="select", options=_of("a")), {}, {"v": ""}),
    "options are texts": (_form(type="select", options=_of(1)), {"v": "1"}, {"v": "1"}),
    "several options are a list": (
        _form(type="select", multiple=True, options=_of("a", "b")),
        {"v": ["a", "b"]},
        {"v": ["a", "b"]},
    ),
    "one of several options is a list": (
        _form(type="select", multiple=True, options=_of("a", "b")),
        {"v": "a"},
        {"v": ["a"]},
    ),
    "none of several options is an empty list": (
        _form(type="select", multiple=True, options=_of("a", "b")),
        {},
        {"v": []},
    ),
    "a model may name an option that is none": (
        _llm(type="select", options=_of("a")),
        {"v": "z"},
        {"v": "z"},
    ),
}


@each(rows(Filled, FORM, FILLED))
def test_what_arrives(case: Filled, tool_requests: ToolRequestSystem) -> None:
    arrived = _received(tool_requests, Call(case.parameters, case.given))
    assert repr(arrived) == repr(dict(case.arrives))


@dataclass(frozen=True, slots=True)
class Unfilled(Case):
    parameters: Sequence[Mapping[str, Any]]
    given: Mapping[str, Any]
    error: str


UNFILLED = {
    "a required form parameter that is left out": (
        _form(required=True),
        {},
        "tool parameter v not found in tool config",
    ),
    "a required form parameter that is empty": (
        _form(required=True),
        {"v": ""},
        "tool parameter v not found in tool config",
    ),
    "a value that is no option": (
        _form(type="select", options=_of("a", "b")),
        {"v": "z"},
        "tool parameter v value z not in options ['a', 'b']",
    ),
    "an option in another spelling": (
        _form(type="select", options=_of("a")),
        {"v": "A"},
        "tool parameter v value A not in options ['a']",
    ),
    "several values of which one is no option": (
        _form(type="select", multiple=True, options=_of("a")),
        {"v": ["a", "z"]},
        "tool parameter v value ['z'] not in options ['a']",
    ),
}


@each(rows(Unfilled, FORM, UNFILLED))
def test_what_is_refused(case: Unfilled, tool_requests: ToolRequestSystem) -> None:
    with pytest.raises(Refused) as refused:
        tool_requests.line(Call(case.parameters, case.given))
    assert str(refused.value) == case.error
