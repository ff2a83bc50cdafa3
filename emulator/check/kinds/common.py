"""Shapes that several kinds of declarations share."""

from emulator.check.findings import AT_DEBUGGING, AT_LOAD, AT_PACKAGING, By
from emulator.check.mappings import Map
from emulator.check.scalars import AtMost, Flag, Matches, OneOf, Text
from emulator.check.shapes import SDK, Field

SDK_LOADS = (AT_LOAD,)
PACKAGED = (AT_PACKAGING,)
DEBUGGED = (AT_DEBUGGING,)
"""What provider files hold the daemon validates only when a plugin registers for debugging."""

FLAG = Field(Flag())
OPTIONAL_FLAG = Field(Flag(), nullable=True)


def i18n(by: By = ()) -> Map:
    """Text in several languages (D basic_type.go I18nObject; S entities/parameters.py)."""
    limit = (AtMost(1023, by),)
    other = Field(Text(limit), nullable=True)
    return Map(
        {
            "en_US": Field(Text(limit, filled_by=by), needed=(AT_LOAD, *by)),
            "zh_Hans": other,
            "ja_JP": other,
            "pt_BR": other,
        }
    )


MANIFEST_TEXT = i18n(PACKAGED)
TEXT = i18n(DEBUGGED)

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
