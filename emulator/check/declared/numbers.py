"""Shapes of numbers. PyYAML and yaml.v3 do not take the same words for numbers.

`1e3` is a number for Go and text for PyYAML, `1:30` the reverse.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import yaml
from yaml.constructor import SafeConstructor

from emulator.check.declared.document import Node, kind_of
from emulator.check.declared.scalars import wrong_kind
from emulator.check.declared.shapes import Spot
from emulator.check.findings import By, Finding

_GO = re.compile(
    r"[-+]?(0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+|(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)"
)
"""Numbers that are not endless, without their underscores (yaml.v3 resolve.go)."""
_GO_ENDLESS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_SDK_WHOLE = re.compile(r"\s*[+-]?\d+(_\d+)*(\.0*)?\s*")
_SDK_NUMBER = re.compile(r"\s*[+-]?(\d+(_\d+)*\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
"""Text that pydantic takes for numbers."""
_GO_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
"""shopspring/decimal NewFromString."""
_CONSTRUCTOR = SafeConstructor()


class Number(NamedTuple):
    """A number; a ``whole`` one if it counts something. Bounds are inclusive."""

    whole: bool = False
    least: int | None = None
    most: int | None = None
    bounded_by: By = ()
    unit: str = ""
    filled_by: By = ()
    """Who refuses 0: for validator's `required` it is as if nothing were there."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        wanted = "a whole number" if self.whole else "a number"
        by = spot.refused(not _go_takes(node, self.whole), not _sdk_takes(node, self.whole))
        if by:
            yield wrong_kind(spot, node, wanted, by, f"Write {wanted}, unquoted.")
        number = number_of(node)
        if number is None:
            return
        if self.filled_by and int(number) == 0:
            yield self._outside(spot, node, "more than 0", self.filled_by)
        elif self.least is not None and number < self.least:
            yield self._outside(spot, node, f"at least {self.least}{self.unit}", self.bounded_by)
        elif self.most is not None and number > self.most:
            yield self._outside(spot, node, f"at most {self.most}{self.unit}", self.bounded_by)

    def _outside(self, spot: Spot, node: Node, bound: str, by: By) -> Finding:
        message = f"`{spot.path}` is {node.value}; it has to be {bound}"
        return spot.finding("DE613", node, message, f"Write {bound}.", by)


class Decimal:
    """A price: decimal text or a number (pydantic's Decimal, shopspring/decimal)."""

    def check(self, spot: Spot, node: Node) -> Iterator[Finding]:
        kind = kind_of(node)
        value = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
        # Go decodes any mapping into the struct that a decimal is there
        go_takes = kind == "mapping" or bool(_GO_DECIMAL.fullmatch(value))
        sdk_takes = kind in ("whole number", "number") and number_of(node) is not None
        sdk_takes |= kind == "text" and bool(_SDK_NUMBER.fullmatch(value))
        if by := spot.refused(not go_takes, not sdk_takes):
            yield wrong_kind(spot, node, "a decimal number", by, "Write it such as '0.002'.")


def number_of(node: Node | None) -> float | None:
    """The number that is written there; None if it is none, or has no size."""
    if not isinstance(node, yaml.ScalarNode):
        return None
    kind = kind_of(node)
    number: float | None = None
    with suppress(ValueError, OverflowError, IndexError):
        if kind == "whole number":
            number = int(_CONSTRUCTOR.construct_yaml_int(node))  # no float holds 2**63 - 1
        elif kind == "number":
            number = float(_CONSTRUCTOR.construct_yaml_float(node))
        elif _go_number(node):
            number = float(node.value.replace("_", ""))
    return number if number is not None and number - number == 0 else None


def _go_number(node: yaml.ScalarNode) -> bool:
    return not node.style and bool(_GO.fullmatch(node.value.replace("_", "")))


def _go_takes(node: Node, whole: bool) -> bool:
    if not isinstance(node, yaml.ScalarNode):
        return False
    if _go_number(node):
        number = number_of(node)
        return not whole or number is None or abs(number) < 2**63
    return not whole and not node.style and bool(_GO_ENDLESS.fullmatch(node.value))


def _sdk_takes(node: Node, whole: bool) -> bool:
    if not isinstance(node, yaml.ScalarNode):
        return False
    kind = kind_of(node)
    if kind == "text":
        return bool((_SDK_WHOLE if whole else _SDK_NUMBER).fullmatch(node.value))
    if kind == "number" and whole:
        number = number_of(node)
        return number is not None and number == int(number)
    return kind in ("whole number", "number", "boolean")
