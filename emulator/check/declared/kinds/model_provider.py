"""Providers of models (D model_declaration.go, S entities/model/provider.py)."""

from collections.abc import Iterator

import yaml

from emulator.check.declared.document import Node, kind_of
from emulator.check.declared.kinds.common import (
    BOTH_READ,
    DEBUGGED,
    OPTIONAL_TEXT,
    SDK_LOADS,
    TEXT,
    one_of,
)
from emulator.check.declared.kinds.kind import Globs, Items, Kind, Source
from emulator.check.declared.kinds.model import FETCHED_FROM, MODEL, POSITIONS, TYPES
from emulator.check.declared.mappings import ListOf, Map
from emulator.check.declared.numbers import Number
from emulator.check.declared.scalars import AtMost, FileName, Flag, OneOf, Text, wrong_kind
from emulator.check.declared.shapes import GO, SDK, Field, Spot
from emulator.check.findings import AT_LOAD, Finding

_TYPES_OF_DIFY = (*TYPES, "multimodal-embedding", "multimodal-rerank")
_SHORT = AtMost(255, DEBUGGED)

_OPTIONAL_TEXTS = Field(TEXT, nullable=True)
_FILLED = Field(Text((_SHORT,), filled_by=DEBUGGED), BOTH_READ)

_CONDITION = Map({"variable": _FILLED, "value": _FILLED})
_SHOW_ON = Field(ListOf(_CONDITION, most=16, bounded_by=DEBUGGED))
_OPTION = Map({"label": Field(TEXT, BOTH_READ), "value": _FILLED, "show_on": _SHOW_ON})

_CREDENTIAL = Map(
    {
        "variable": _FILLED,
        "label": Field(TEXT, BOTH_READ),
        "type": Field(one_of("text-input", "secret-input", "select", "radio", "switch"), BOTH_READ),
        "required": Field(Flag()),
        "default": Field(Text((_SHORT,)), nullable=True),
        "options": Field(ListOf(_OPTION, most=128, bounded_by=DEBUGGED), nullable=True),
        "placeholder": _OPTIONAL_TEXTS,
        "max_length": Field(Number(whole=True)),
        "show_on": _SHOW_ON,
        "help": Field(TEXT, readers=GO),
        "url": Field(Text(), readers=GO),
    }
)
_CREDENTIALS = Field(ListOf(_CREDENTIAL, most=32, bounded_by=DEBUGGED), SDK_LOADS)

# types that models are listed by; the SDK loads no others
_LISTED = ("llm", "text_embedding", "rerank", "tts", "speech2text", "moderation")


class _Patterns:
    """A list of patterns of files. The SDK takes text for a list of letters; Go skips it."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        if isinstance(node, yaml.SequenceNode):
            yield from ListOf(FileName()).check(spot.read_by(SDK), node)
        elif isinstance(node, yaml.ScalarNode) and (kind_of(node) != "text" or "/" in node.value):
            yield wrong_kind(spot, node, "a list", spot.refused(by_go=False, by_sdk=True))


_MODELS = Map(
    {"predefined": Field(_Patterns()), "position": Field(Text(), readers=GO)}, go_skips=True
)

_PYTHON = Map(
    {
        "provider_source": Field(Text(), SDK_LOADS, SDK),
        "model_sources": Field(ListOf(Text()), readers=SDK),
    }
)

MODEL_PROVIDER = Kind(
    "model provider",
    Map(
        {
            "provider": Field(Text((_SHORT,), filled_by=DEBUGGED), BOTH_READ),
            "label": Field(TEXT, BOTH_READ),
            "description": _OPTIONAL_TEXTS,
            "icon_small": _OPTIONAL_TEXTS,
            "icon_large": _OPTIONAL_TEXTS,
            "icon_small_dark": _OPTIONAL_TEXTS,
            "icon_large_dark": _OPTIONAL_TEXTS,
            "background": OPTIONAL_TEXT,
            "help": Field(
                Map({"title": Field(TEXT, BOTH_READ), "url": Field(TEXT, BOTH_READ)}),
                nullable=True,
            ),
            "supported_model_types": Field(
                ListOf(
                    Text((OneOf(_TYPES_OF_DIFY, DEBUGGED), OneOf(TYPES, SDK_LOADS))),
                    most=16,
                    bounded_by=DEBUGGED,
                ),
                (AT_LOAD,),
            ),
            "configurate_methods": Field(
                ListOf(one_of(*FETCHED_FROM), most=16, bounded_by=DEBUGGED), (AT_LOAD,)
            ),
            "provider_credential_schema": Field(
                Map({"credential_form_schemas": _CREDENTIALS}), nullable=True
            ),
            "model_credential_schema": Field(
                Map(
                    {
                        "model": Field(
                            Map({"label": Field(TEXT, BOTH_READ), "placeholder": _OPTIONAL_TEXTS}),
                            BOTH_READ,
                        ),
                        "credential_form_schemas": _CREDENTIALS,
                    }
                ),
                nullable=True,
            ),
            "models": Field(Map(dict.fromkeys(_LISTED, Field(_MODELS)), go_skips=True)),
            "extra": Field(Map({"python": Field(_PYTHON, SDK_LOADS, SDK)}), SDK_LOADS, SDK),
        }
    ),
    items=tuple(
        Items(("models", each, "position"), POSITIONS, one=True, readers=GO) for each in _LISTED
    ),
    globs=tuple(Globs(("models", each, "predefined"), MODEL, POSITIONS) for each in _LISTED),
    sources=(
        Source(("extra", "python", "provider_source"), "ModelProvider"),
        Source(("extra", "python", "model_sources"), "AIModel", several=True),
    ),
)
