"""Fields that a user fills in: credentials of a provider, settings of an endpoint group.

D config.go ProviderConfig, oauth.go; S entities/provider_config.py, oauth.py.
"""

from emulator.check.declared.kinds.common import (
    BOTH_READ,
    DEBUGGED,
    FLAG,
    OPTIONAL_FLAG,
    OPTIONAL_TEXT,
    SDK_LOADS,
    TEXT,
    one_of,
)
from emulator.check.declared.mappings import ListOf, ListOrNamed, Map, Named
from emulator.check.declared.scalars import AtMost, Default, Text
from emulator.check.declared.shapes import GO, Field

TYPES = (
    "secret-input", "text-input", "select", "boolean", "app-selector", "model-selector",
    "array[tools]",
)  # fmt: skip

OPTION = Map(
    {
        "value": Field(Text((AtMost(127, DEBUGGED),), filled_by=DEBUGGED), BOTH_READ),
        "label": Field(TEXT, BOTH_READ),
    }
)

_FIELDS = {
    "type": Field(one_of(*TYPES), BOTH_READ),
    "label": Field(TEXT, BOTH_READ),
    "required": FLAG,
    "multiple": OPTIONAL_FLAG,
    "default": Field(Default(lists=True, plain_for=DEBUGGED), nullable=True),
    "scope": OPTIONAL_TEXT,
    "options": Field(ListOf(OPTION, most=127, bounded_by=DEBUGGED), nullable=True),
    "help": Field(TEXT, nullable=True),
    "url": OPTIONAL_TEXT,
    "placeholder": Field(TEXT, nullable=True),
}

SETTINGS = ListOf(Map({"name": Field(Text((AtMost(1023, DEBUGGED),)), SDK_LOADS), **_FIELDS}))
"""A list of them, each with its name."""

NAMED = Named(Map({"name": Field(Text(), readers=GO), **_FIELDS}))
"""A mapping by their names, which go before a `name` among the fields."""

SKIPPED_NAMED = Named(NAMED.shape, go_skips=True)
"""The same, where Go takes what it can use."""

OAUTH = Field(
    Map({"client_schema": Field(SETTINGS), "credentials_schema": Field(SETTINGS)}), nullable=True
)

CREDENTIALS = ListOrNamed(SETTINGS, SKIPPED_NAMED, sdk_lists=False)
"""Of a tool provider: the SDK calls `.items()` on them."""

CREDENTIALS_LIST = ListOrNamed(SETTINGS, SKIPPED_NAMED, sdk_mappings=False)
"""Of a datasource provider."""

CREDENTIALS_EITHER = ListOrNamed(SETTINGS, NAMED)
"""Of a trigger's subscription constructor."""

SUBSCRIPTION = ListOrNamed(SETTINGS, NAMED, sdk_mappings=False)
"""Of a trigger provider."""
