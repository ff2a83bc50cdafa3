"""Shapes that several kinds of declarations share."""

from emulator.check.declared.kinds.languages import i18n
from emulator.check.declared.mappings import ListOf, Map
from emulator.check.declared.scalars import FileName, Flag, Matches, OneOf, Text
from emulator.check.declared.shapes import SDK, Field
from emulator.check.findings import AT_DEBUGGING, AT_LOAD, AT_PACKAGING, By

SDK_LOADS = (AT_LOAD,)
PACKAGED = (AT_PACKAGING,)
DEBUGGED = (AT_DEBUGGING,)
"""What provider files hold the daemon validates only when a plugin registers for debugging."""
BOTH_READ = (AT_LOAD, AT_DEBUGGING)

FLAG = Field(Flag())
OPTIONAL_FLAG = Field(Flag(), nullable=True)
OPTIONAL_TEXT = Field(Text(), nullable=True)

MANIFEST_TEXT = i18n(PACKAGED)
TEXT = i18n(DEBUGGED)
UNCHECKED_TEXT = i18n()

FILES = Field(ListOf(FileName(), go_skips=True))
"""The files of further declarations."""

TAGS_OF_DIFY = (
    "search", "image", "videos", "weather", "finance", "design", "travel", "social", "news",
    "medical", "productivity", "education", "business", "entertainment", "utilities", "agent",
    "rag", "other", "trigger",
)  # fmt: skip
"""D pkg/entities/manifest_entities/tags.go."""

TAGS_OF_SDK = tuple(tag for tag in TAGS_OF_DIFY if tag not in ("agent", "trigger"))
"""ToolLabelEnum (S entities/tool.py)."""

NAME = Matches("[a-zA-Z0-9_-]+", DEBUGGED, "Use letters without accents, digits, `_` and `-` only.")
"""tool_identity_name and its like (D tool_declaration.go)."""

PYTHON = Map({"source": Field(Text(), SDK_LOADS, SDK)})
EXTRA = Field(Map({"python": Field(PYTHON, SDK_LOADS, SDK)}), SDK_LOADS, SDK)
"""`extra.python.source`; the daemon does not look at it."""


def one_of(*words: str, daemon: By = DEBUGGED, sdk: By = SDK_LOADS) -> Text:
    """A closed set of words, the same for the daemon and the SDK."""
    return Text((OneOf(words, (*sdk, *daemon)),), filled_by=(*sdk, *daemon))


def tags(of_sdk: tuple[str, ...]) -> ListOf:
    """Tags of a provider: the daemon and the SDK have a list each."""
    return ListOf(Text((OneOf(TAGS_OF_DIFY, DEBUGGED), OneOf(of_sdk, SDK_LOADS))))


def identity(name: Text, *others: tuple[str, Field]) -> Field:
    """Who made it and what it is called."""
    return Field(
        Map(
            {
                "author": Field(Text(filled_by=DEBUGGED), BOTH_READ),
                "name": Field(name, BOTH_READ),
                "label": Field(TEXT, BOTH_READ),
                **dict(others),
            }
        ),
        BOTH_READ,
    )
