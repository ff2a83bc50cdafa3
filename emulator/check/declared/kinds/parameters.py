"""What the parameters of tools, strategies, datasources and events have in common."""

from emulator.check.declared.kinds.common import (
    BOTH_READ,
    DEBUGGED,
    OPTIONAL_FLAG,
    OPTIONAL_TEXT,
    SDK_LOADS,
    TEXT,
    one_of,
)
from emulator.check.declared.mappings import ListOf, Map
from emulator.check.declared.numbers import Number
from emulator.check.declared.scalars import AtMost, Flag, Text, Written
from emulator.check.declared.shapes import Field

OPTION = {
    "value": Field(Written(DEBUGGED), BOTH_READ, nullable=True),
    "label": Field(TEXT, BOTH_READ),
    "icon": OPTIONAL_TEXT,
}
"""D constant.go ParameterOption, S entities/parameters.py: the SDK makes text of a value."""

COMMON = {
    "name": Field(Text((AtMost(1023, DEBUGGED),), filled_by=DEBUGGED), BOTH_READ),
    "label": Field(TEXT, BOTH_READ),
    "required": OPTIONAL_FLAG,
    "min": Field(Number(), nullable=True),
    "max": Field(Number(), nullable=True),
    "precision": Field(Number(whole=True), nullable=True),
    "scope": OPTIONAL_TEXT,
    "options": Field(ListOf(Map(OPTION)), nullable=True),
    "auto_generate": Field(
        Map({"type": Field(one_of("prompt_instruction"), BOTH_READ)}), nullable=True
    ),
    "template": Field(Map({"enabled": Field(Flag(), SDK_LOADS)}), nullable=True),
}
