"""Tools and their providers (D tool_declaration.go, S entities/tool.py)."""

from emulator.check.findings import AT_DEBUGGING, AT_LOAD
from emulator.check.kinds.common import (
    DEBUGGED,
    EXTRA,
    FLAG,
    NAME,
    SDK_LOADS,
    TAGS_OF_DIFY,
    TAGS_OF_SDK,
    TEXT,
    one_of,
)
from emulator.check.kinds.kind import Items, Kind, Source
from emulator.check.kinds.settings import CREDENTIALS
from emulator.check.mappings import FreeMap, ListOf, Map
from emulator.check.scalars import Anything, AtMost, Number, OneOf, Text
from emulator.check.shapes import GO, SDK, Field

_BOTH = (AT_LOAD, AT_DEBUGGING)

TYPES = (
    "string", "number", "boolean", "select", "secret-input", "file", "files", "app-selector",
    "model-selector", "any", "dynamic-select", "array", "object", "checkbox", "date", "date-range",
)  # fmt: skip

IDENTITY = {
    "author": Field(Text(filled_by=DEBUGGED), _BOTH),
    "name": Field(Text((NAME,)), _BOTH),
    "label": Field(TEXT, _BOTH),
}

PARAMETER = Map(
    {
        "name": Field(Text((AtMost(1023, DEBUGGED),), filled_by=DEBUGGED), _BOTH),
        "label": Field(TEXT, _BOTH),
        "human_description": Field(TEXT, _BOTH),
        "type": Field(one_of(*TYPES), _BOTH),
        "form": Field(one_of("schema", "form", "llm"), _BOTH),
        "llm_description": Field(Text(), nullable=True),
        "required": Field(FLAG.shape, nullable=True),
        "multiple": FLAG,
        "default": Field(Anything(), nullable=True),
        "min": Field(Number(), nullable=True),
        "max": Field(Number(), nullable=True),
        "precision": Field(Number(whole=True), nullable=True),
        "scope": Field(Text(), nullable=True),
        "options": Field(
            ListOf(
                Map(
                    {
                        "value": Field(Anything(), _BOTH),
                        "label": Field(TEXT, _BOTH),
                        "icon": Field(Text(), nullable=True),
                    }
                )
            ),
            nullable=True,
        ),
        "auto_generate": Field(
            Map({"type": Field(one_of("prompt_instruction"), _BOTH)}), nullable=True
        ),
        "template": Field(Map({"enabled": Field(FLAG.shape, SDK_LOADS)}), nullable=True),
        "input_schema": Field(FreeMap(), readers=SDK, nullable=True),
    }
)

TOOL = Kind(
    "tool",
    Map(
        {
            "identity": Field(Map(IDENTITY), _BOTH),
            "description": Field(
                Map(
                    {
                        "human": Field(TEXT, _BOTH),
                        "llm": Field(Text(filled_by=DEBUGGED), _BOTH),
                    }
                ),
                _BOTH,
            ),
            "parameters": Field(ListOf(PARAMETER), nullable=True),
            "output_schema": Field(FreeMap(), nullable=True),
            "has_runtime_parameters": Field(FLAG.shape, readers=GO),
            "extra": EXTRA,
        }
    ),
    sources=(Source(("extra", "python", "source"), "Tool"),),
)

_TAG = Text((OneOf(TAGS_OF_DIFY, DEBUGGED), OneOf(TAGS_OF_SDK, SDK_LOADS)))

PROVIDER_IDENTITY = Map(
    {
        **IDENTITY,
        "description": Field(TEXT, _BOTH),
        "icon": Field(Text(filled_by=DEBUGGED), _BOTH),
        "icon_dark": Field(Text(), nullable=True),
        "tags": Field(ListOf(_TAG)),
    }
)

TOOL_PROVIDER = Kind(
    "tool provider",
    Map(
        {
            "identity": Field(PROVIDER_IDENTITY, _BOTH),
            "credentials_for_provider": Field(CREDENTIALS),
            "credentials_schema": Field(Anything(), readers=GO),
            "oauth_schema": Field(FreeMap(), nullable=True),
            "tools": Field(ListOf(Text())),
            "extra": EXTRA,
        }
    ),
    items=(Items(("tools",), TOOL),),
    sources=(Source(("extra", "python", "source"), "ToolProvider"),),
)
