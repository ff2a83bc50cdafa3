"""Endpoints and their groups (D endpoint_declaration.go, S entities/endpoint.py)."""

from emulator.check.declared.kinds.common import BOTH_READ, DEBUGGED, EXTRA, FLAG, PACKAGED
from emulator.check.declared.kinds.kind import Items, Kind, Source
from emulator.check.declared.kinds.settings import SETTINGS
from emulator.check.declared.mappings import ListOf, Map
from emulator.check.declared.scalars import FileName, OneOf, Text
from emulator.check.declared.shapes import Field

METHODS = ("HEAD", "GET", "POST", "PUT", "DELETE", "OPTIONS")

ENDPOINT = Kind(
    "endpoint",
    Map(
        {
            "path": Field(Text(filled_by=DEBUGGED), BOTH_READ),
            "method": Field(Text((OneOf(METHODS, DEBUGGED),)), BOTH_READ),
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
            "settings": Field(SETTINGS),
            "endpoints": Field(ListOf(FileName(inline=True), go_skips=True)),
        }
    ),
    items=(Items(("endpoints",), ENDPOINT),),
    missed_by=PACKAGED,
)
