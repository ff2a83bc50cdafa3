"""Fields that a user fills in: credentials of a provider, settings of an endpoint group.

D config.go ProviderConfig, S entities/provider_config.py.
"""

from emulator.check.findings import AT_DEBUGGING, AT_LOAD
from emulator.check.kinds.common import DEBUGGED, FLAG, TEXT, one_of
from emulator.check.mappings import ListOf, Map, Named
from emulator.check.scalars import Anything, AtMost, Text
from emulator.check.shapes import Field

_BOTH = (AT_LOAD, AT_DEBUGGING)

TYPES = (
    "secret-input", "text-input", "select", "boolean", "app-selector", "model-selector",
    "array[tools]",
)  # fmt: skip

_FIELDS = {
    "type": Field(one_of(*TYPES), _BOTH),
    "label": Field(TEXT, _BOTH),
    "required": FLAG,
    "multiple": Field(FLAG.shape, nullable=True),
    "default": Field(Anything(), nullable=True),
    "scope": Field(Text(), nullable=True),
    "options": Field(
        ListOf(
            Map(
                {
                    "value": Field(Text((AtMost(127, DEBUGGED),), filled_by=DEBUGGED), _BOTH),
                    "label": Field(TEXT, _BOTH),
                }
            ),
            most=127,
            bounded_by=DEBUGGED,
        ),
        nullable=True,
    ),
    "help": Field(TEXT, nullable=True),
    "url": Field(Text(), nullable=True),
    "placeholder": Field(TEXT, nullable=True),
}

SETTING = Map({"name": Field(Text((AtMost(1023, DEBUGGED),)), (AT_LOAD,)), **_FIELDS})
"""One of a list."""

CREDENTIALS = Named(Map({"name": Field(Text(), nullable=True), **_FIELDS}))
"""A mapping by name. Go takes a list as well, the SDK does not (AttributeError at load)."""
