"""Text in several languages (D basic_type.go I18nObject, S entities/parameters.py)."""

import re

from emulator.check.declared.document import Entry
from emulator.check.declared.mappings import Map
from emulator.check.declared.scalars import AtMost, Text
from emulator.check.declared.shapes import Field, Level, Spot
from emulator.check.findings import AT_LOAD, By, Finding

LANGUAGES = ("en_US", "zh_Hans", "ja_JP", "pt_BR")
_LONGEST = 1023

_CODE = re.compile(r"[a-z]{2}|[a-z]{2,3}([_-][A-Za-z]{2,4}){1,2}")
_MEANT = {"zh": "zh_Hans", "en": "en_US", "ja": "ja_JP", "pt": "pt_BR"}
_TRADITIONAL = re.compile("hant|tw|hk|mo", re.IGNORECASE)


def i18n(by: By = ()) -> Map:
    """Text in English at least; ``by`` are those besides the SDK who look into it."""
    limit = (AtMost(_LONGEST, by),)
    other = Field(Text(limit), nullable=True)
    return Map(
        {
            "en_US": Field(Text(limit, filled_by=by), (AT_LOAD, *by)),
            **dict.fromkeys(LANGUAGES[1:], other),
        },
        # since its 0.10 the SDK takes the names of its own fields as well
        aliases={each.lower(): each for each in LANGUAGES},
        stranger=_other_language,
    )


def _other_language(spot: Spot, level: Level, entry: Entry) -> Finding | None:
    """A language that Dify has no field for."""
    name = entry.name
    misspelled = name.lower().replace("-", "_") in map(str.lower, LANGUAGES)
    if misspelled or not _CODE.fullmatch(name):
        return None
    meant = None if _TRADITIONAL.search(name) else _MEANT.get(name[:2])
    meant = None if meant in level.present else meant
    message = f"`{name}` is no language of Dify's, and its text is never shown"
    advice = f"Did you mean `{meant}`?" if meant else f"Dify knows {', '.join(LANGUAGES)} only."
    return spot.finding("DE614", entry.key, message, advice, spot.refused(by_go=True, by_sdk=True))
