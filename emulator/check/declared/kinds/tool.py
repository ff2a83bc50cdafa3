"""Tools and their providers (D tool_declaration.go, S entities/tool.py)."""

from emulator.check.declared.kinds.common import (
    BOTH_READ,
    DEBUGGED,
    EXTRA,
    FILES,
    FLAG,
    NAME,
    OPTIONAL_TEXT,
    TAGS_OF_SDK,
    TEXT,
    identity,
    one_of,
    tags,
)
from emulator.check.declared.kinds.kind import Items, Kind, Source
from emulator.check.declared.kinds.parameters import COMMON, OPTION
from emulator.check.declared.kinds.settings import CREDENTIALS, CREDENTIALS_EITHER, OAUTH
from emulator.check.declared.mappings import FreeMap, ListOf, Map
from emulator.check.declared.scalars import Default, Text
from emulator.check.declared.shapes import GO, SDK, Field

TYPES = (
    "string", "number", "boolean", "select", "secret-input", "file", "files", "app-selector",
    "model-selector", "any", "dynamic-select", "array", "object", "checkbox", "date", "date-range",
)  # fmt: skip

_CONDITION = Map({"variable": Field(Text(), BOTH_READ), "value": Field(Text(), BOTH_READ)})
_SHOW_ON = Field(ListOf(_CONDITION), readers=SDK)

PARAMETER = Map(
    {
        **COMMON,
        "human_description": Field(TEXT, BOTH_READ),
        "type": Field(one_of(*TYPES), BOTH_READ),
        "form": Field(one_of("schema", "form", "llm"), BOTH_READ),
        "llm_description": OPTIONAL_TEXT,
        "multiple": FLAG,
        "default": Field(Default(lists=True, mappings=True), nullable=True),
        "options": Field(ListOf(Map({**OPTION, "show_on": _SHOW_ON})), nullable=True),
        "show_on": _SHOW_ON,
        "input_schema": Field(FreeMap(), readers=SDK, nullable=True),
    }
)

_DESCRIPTION = Map(
    {"human": Field(TEXT, BOTH_READ), "llm": Field(Text(filled_by=DEBUGGED), BOTH_READ)}
)

TOOL = Kind(
    "tool",
    Map(
        {
            "identity": identity(Text((NAME,))),
            "description": Field(_DESCRIPTION, BOTH_READ),
            "parameters": Field(ListOf(PARAMETER), or_empty=True),
            "output_schema": Field(FreeMap(), nullable=True),
            "has_runtime_parameters": Field(FLAG.shape, readers=GO),
            "extra": EXTRA,
        }
    ),
    sources=(Source(("extra", "python", "source"), "Tool"),),
)

PROVIDER_IDENTITY = identity(
    Text((NAME,)),
    ("description", Field(TEXT, BOTH_READ)),
    ("icon", Field(Text(filled_by=DEBUGGED), BOTH_READ)),
    ("icon_dark", OPTIONAL_TEXT),
    ("tags", Field(tags(TAGS_OF_SDK))),
)
"""Of a tool's provider, and of an agent strategy's."""

TOOL_PROVIDER = Kind(
    "tool provider",
    Map(
        {
            "identity": PROVIDER_IDENTITY,
            "credentials_for_provider": Field(CREDENTIALS),
            "credentials_schema": Field(CREDENTIALS_EITHER, readers=GO),
            "oauth_schema": OAUTH,
            "tools": FILES,
            "extra": EXTRA,
        }
    ),
    items=(Items(("tools",), TOOL),),
    sources=(Source(("extra", "python", "source"), "ToolProvider"),),
)
