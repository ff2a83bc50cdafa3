"""Agent strategies and their providers (D agent_declaration.go, S entities/agent.py)."""

from emulator.check.declared.kinds.common import (
    BOTH_READ,
    DEBUGGED,
    EXTRA,
    FILES,
    NAME,
    SDK_LOADS,
    TEXT,
    UNCHECKED_TEXT,
    identity,
)
from emulator.check.declared.kinds.kind import Items, Kind, Source
from emulator.check.declared.kinds.parameters import COMMON
from emulator.check.declared.kinds.tool import PROVIDER_IDENTITY
from emulator.check.declared.mappings import FreeMap, ListOf, Map
from emulator.check.declared.scalars import Anything, AtMost, Default, OneOf, Text
from emulator.check.declared.shapes import GO, SDK, Field

_TYPES_OF_DIFY = (
    "string", "number", "boolean", "select", "secret-input", "file", "files", "app-selector",
    "model-selector", "array[tools]", "any",
)  # fmt: skip
_TYPES_OF_SDK = (*_TYPES_OF_DIFY, "object", "array")

PARAMETER = Map(
    {
        **COMMON,
        "type": Field(
            Text((OneOf(_TYPES_OF_DIFY, DEBUGGED), OneOf(_TYPES_OF_SDK, SDK_LOADS))), BOTH_READ
        ),
        "help": Field(UNCHECKED_TEXT, nullable=True),
        "default": Field(Default(plain_for=DEBUGGED), nullable=True),
    }
)

_FEATURE = Text((OneOf(("history-messages",), SDK_LOADS), AtMost(255, DEBUGGED)))

AGENT_STRATEGY = Kind(
    "agent strategy",
    Map(
        {
            "identity": identity(Text((NAME,))),
            "description": Field(TEXT, BOTH_READ),
            "parameters": Field(ListOf(PARAMETER), or_empty=True),
            "features": Field(ListOf(_FEATURE)),
            "output_schema": Field(FreeMap(), readers=GO),
            "extra": EXTRA,
        }
    ),
    sources=(Source(("extra", "python", "source"), "AgentStrategy"),),
)

AGENT_STRATEGY_PROVIDER = Kind(
    "agent strategy provider",
    Map(
        {
            "identity": PROVIDER_IDENTITY,
            "strategies": FILES,
            # `dify plugin init` writes one, and nobody loads it
            "extra": Field(Anything(), readers=SDK, nullable=True),
        }
    ),
    items=(Items(("strategies",), AGENT_STRATEGY),),
)
