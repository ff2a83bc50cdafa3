"""Triggers: providers and their events (D trigger_declaration.go, S entities/trigger.py)."""

from emulator.check.declared.kinds.common import (
    BOTH_READ,
    DEBUGGED,
    EXTRA,
    FILES,
    NAME,
    OPTIONAL_FLAG,
    OPTIONAL_TEXT,
    TEXT,
    identity,
    one_of,
    tags,
)
from emulator.check.declared.kinds.kind import Items, Kind, Source
from emulator.check.declared.kinds.parameters import COMMON, OPTION
from emulator.check.declared.kinds.settings import CREDENTIALS_EITHER, OAUTH, SUBSCRIPTION
from emulator.check.declared.mappings import FreeMap, ListOf, Map
from emulator.check.declared.scalars import Anything, Default, Text
from emulator.check.declared.shapes import SDK, Field

TYPES = (
    "string", "number", "boolean", "select", "file", "files", "model-selector", "app-selector",
    "object", "array", "dynamic-select", "checkbox",
)  # fmt: skip

_OPTION = Map({**OPTION, "value": Field(Anything(), BOTH_READ, nullable=True)})

PARAMETER = Map(
    {
        **COMMON,
        "name": Field(Text(filled_by=DEBUGGED), BOTH_READ),
        "type": Field(one_of(*TYPES), BOTH_READ),
        "description": Field(TEXT, nullable=True),
        "multiple": OPTIONAL_FLAG,
        "default": Field(Default(lists=True), nullable=True),
        "options": Field(ListOf(_OPTION), nullable=True),
    }
)

EVENT = Kind(
    "event",
    Map(
        {
            "identity": identity(Text((NAME,))),
            "description": Field(TEXT, BOTH_READ),
            "parameters": Field(ListOf(PARAMETER), or_empty=True),
            "output_schema": Field(FreeMap(), nullable=True),
            "extra": EXTRA,
        }
    ),
    sources=(Source(("extra", "python", "source"), "Event"),),
)

_CONSTRUCTOR = Map(
    {
        "parameters": Field(ListOf(PARAMETER)),
        "credentials_schema": Field(CREDENTIALS_EITHER),
        "oauth_schema": OAUTH,
        "extra": Field(EXTRA.shape, readers=SDK, nullable=True),
    },
    go_skips=True,
)

TRIGGER_PROVIDER = Kind(
    "trigger provider",
    Map(
        {
            "identity": identity(
                Text((NAME,)),
                ("description", Field(TEXT, BOTH_READ)),
                ("icon", Field(Text(filled_by=DEBUGGED), DEBUGGED, nullable=True)),
                ("icon_dark", OPTIONAL_TEXT),
                ("tags", Field(tags(("webhooks",)))),
            ),
            "subscription_schema": Field(SUBSCRIPTION),
            "subscription_constructor": Field(_CONSTRUCTOR, nullable=True),
            "events": FILES,
            "extra": EXTRA,
        }
    ),
    items=(Items(("events",), EVENT),),
    sources=(
        Source(("extra", "python", "source"), "Trigger"),
        Source(("extra", "python", "source"), "TriggerSubscriptionConstructor", several=True),
    ),
)
