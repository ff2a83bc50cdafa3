"""Datasources and their providers.

D datasource_declaration.go, S entities/datasource_manifest.py.
"""

from emulator.check.declared.kinds.common import (
    BOTH_READ,
    DEBUGGED,
    EXTRA,
    FILES,
    OPTIONAL_TEXT,
    SDK_LOADS,
    TAGS_OF_SDK,
    TEXT,
    identity,
    one_of,
    tags,
)
from emulator.check.declared.kinds.kind import Items, Kind, Source
from emulator.check.declared.kinds.parameters import COMMON
from emulator.check.declared.kinds.settings import CREDENTIALS_LIST, OAUTH
from emulator.check.declared.mappings import FreeMap, ListOf, Map
from emulator.check.declared.scalars import Default, Flag, OneOf, Text
from emulator.check.declared.shapes import SDK, Field

_TYPES_OF_DIFY = ("string", "number", "boolean", "select", "secret-input")
_TYPES_OF_SDK = (*_TYPES_OF_DIFY, "file", "files")

PARAMETER = Map(
    {
        **COMMON,
        "type": Field(
            Text((OneOf(_TYPES_OF_DIFY, DEBUGGED), OneOf(_TYPES_OF_SDK, SDK_LOADS))), BOTH_READ
        ),
        "description": Field(TEXT, BOTH_READ),
        "placeholder": Field(TEXT, readers=SDK, nullable=True),
        "required": Field(Flag()),
        "default": Field(Default(plain_for=DEBUGGED), nullable=True),
        "options": Field(COMMON["options"].shape),
    }
)

DATASOURCE = Kind(
    "datasource",
    Map(
        {
            "identity": identity(Text(filled_by=DEBUGGED), ("icon", OPTIONAL_TEXT)),
            "description": Field(TEXT, BOTH_READ),
            "parameters": Field(ListOf(PARAMETER), or_empty=True),
            "output_schema": Field(FreeMap()),
            "extra": EXTRA,
        }
    ),
)

_BASES = {
    "website_crawl": "WebsiteCrawlDatasource",
    "online_document": "OnlineDocumentDatasource",
    "online_drive": "OnlineDriveDatasource",
}

DATASOURCES = {
    word: Kind(
        "datasource", DATASOURCE.shape, sources=(Source(("extra", "python", "source"), base),)
    )
    for word, base in _BASES.items()
}
"""By their provider's `provider_type`, which decides on the class."""

DATASOURCE_PROVIDER = Kind(
    "datasource provider",
    Map(
        {
            "identity": identity(
                Text(filled_by=DEBUGGED),
                ("description", Field(TEXT, BOTH_READ)),
                ("icon", Field(Text(filled_by=DEBUGGED), BOTH_READ)),
                (
                    "tags",
                    Field(tags(tuple(t for t in TAGS_OF_SDK if t != "rag")), nullable=True),
                ),
            ),
            "provider_type": Field(one_of(*_BASES), BOTH_READ),
            "credentials_schema": Field(CREDENTIALS_LIST),
            "oauth_schema": OAUTH,
            "datasources": FILES,
            "extra": EXTRA,
        }
    ),
    items=(Items(("datasources",), DATASOURCE, kinds=DATASOURCES, chosen_by="provider_type"),),
    sources=(Source(("extra", "python", "source"), "DatasourceProvider"),),
)
