"""PyYAML with its C library, kept from what makes that library crash."""

import re
from typing import Any

import yaml

try:
    from yaml import CSafeDumper as SafeDumper
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeDumper, SafeLoader  # type: ignore[assignment]

__all__ = ["SafeDumper", "SafeLoader", "compose"]

_DEEPEST = 10_000
"""Levels. The C library composes by recursion and ends the whole process some way below 100,000."""

_BRACKET = re.compile(r"[\[\]{}]")
_NESTED_DASHES = re.compile(rf"(?:[-?:][ \t]+){{{_DEEPEST}}}")


def compose(text: str) -> tuple[Any, yaml.Node | None]:
    """A loader and the root of the one document in ``text``, with the places of its values.

    Raises yaml.YAMLError if it is not YAML, or nested too deep to be meant.
    """
    if _is_too_deep(text):
        raise yaml.YAMLError(f"nested more than {_DEEPEST} levels deep")
    loader = SafeLoader(text)
    return loader, loader.get_single_node()


def _is_too_deep(text: str) -> bool:
    if text.count("[") + text.count("{") > _DEEPEST:
        depth = 0
        for bracket in _BRACKET.finditer(text):
            depth += 1 if bracket[0] in "[{" else -1
            if depth > _DEEPEST:
                return True
    return _NESTED_DASHES.search(text) is not None
