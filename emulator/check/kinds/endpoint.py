"""Endpoints and their groups (D endpoint_declaration.go, S entities/endpoint.py)."""

from emulator.check.findings import AT_DEBUGGING, AT_LOAD
from emulator.check.kinds.common import DEBUGGED, EXTRA, FLAG
from emulator.check.kinds.kind import Items, Kind, Source
from emulator.check.kinds.settings import SETTING
from emulator.check.mappings import ListOf, Map
from emulator.check.scalars import OneOf, Text
from emulator.check.shapes import Field

_BOTH = (AT_LOAD, AT_DEBUGGING)

METHODS = ("HEAD", "GET", "POST", "PUT", "DELETE", "OPTIONS")

ENDPOINT = Kind(
    "endpoint",
    Map(
        {
            "path": Field(Text(filled_by=DEBUGGED), _BOTH),
            "method": Field(Text((OneOf(METHODS, DEBUGGED),)), _BOTH),
            "hidden": FLAG,
            "extra": EXTRA,
        }
    ),
    sources=(Source(("extra", "python", "source"), "Endpoint"),),
)

ENDPOINT_GROUP = Kind(
    "endpoint group",
    Map(
        {
            "settings": Field(ListOf(SETTING)),
            "endpoints": Field(ListOf(Text())),
        }
    ),
    items=(Items(("endpoints",), ENDPOINT),),
)
