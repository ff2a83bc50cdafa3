"""YAML as its two readers parse it, which is not the same.

The SDK has PyYAML's parser in Python; the packager and the daemon have yaml.v3, whose parser is
libyaml in Go. libyaml takes tabs between words that PyYAML refuses, and yaml.v3 stops after the
first document of a file. Here libyaml itself parses, because it is fast, and PyYAML's own parser
only what the two differ in.
"""

import re
from typing import Any

import yaml

from emulator.check.findings import AT_LOAD, AT_PACKAGING, By
from emulator.safe_yaml import SafeLoader, compose

_SLOW = 200_000
"""Characters that PyYAML's own parser takes a second for."""

_VERSION = re.compile(r"^%YAML[ \t]+(?!1\.1\s)", re.MULTILINE)
_START = re.compile(r"^---", re.MULTILINE)


class NotYaml(Exception):
    """Text that one of them does not parse: what is wrong, where, and who refuses it."""

    def __init__(self, what: str, by: By, line: int = 1, column: int = 1) -> None:
        super().__init__(what)
        self.by = by
        self.line = line
        self.column = column


def parse(text: str) -> yaml.Node | None:
    """The root of what is written there. Raises NotYaml."""
    start = _START.search(text)
    if start and (version := _VERSION.search(text, 0, start.start())):
        # PyYAML takes each 1.x for 1.1
        line = text.count("\n", 0, version.start()) + 1
        raise NotYaml("only YAML 1.1 can be named here", (AT_PACKAGING,), line)
    if ("\t" in text or "\ufeff" in text[1:]) and len(text) <= _SLOW:
        return _parse_as_the_sdk(text)
    try:
        return compose(text)[1]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _not_yaml(error, _refused_by(text, error)) from None


def _parse_as_the_sdk(text: str) -> yaml.Node | None:
    try:
        root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        try:
            compose(text)
        except (yaml.YAMLError, ValueError, RecursionError) as refused:
            by = _refused_by(text, refused)
        else:
            by = (AT_LOAD,)
        raise _not_yaml(error, by) from None
    return root


def _refused_by(text: str, error: Exception) -> By:
    """Who refuses what libyaml refuses."""
    what = _what(error)
    if what == "found unknown directive name":
        return (AT_PACKAGING,)
    if "another document" in what or what == "second occurrence":
        return (AT_LOAD,)
    is_composed = not isinstance(error, yaml.scanner.ScannerError | yaml.parser.ParserError)
    return (AT_LOAD, AT_PACKAGING) if is_composed or not _first_document_ends(text) else (AT_LOAD,)


def _first_document_ends(text: str) -> bool:
    """Whether what is wrong comes after the first document, where yaml.v3 does not look."""
    try:
        return any(isinstance(each, yaml.DocumentEndEvent) for each in yaml.parse(text, SafeLoader))
    except (yaml.YAMLError, ValueError):
        return False


def _what(error: Exception) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return str(getattr(error, "problem", None) or lines[0])


def _not_yaml(error: Exception, by: By) -> NotYaml:
    mark: Any = getattr(error, "problem_mark", None)
    place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    what = _what(error).replace("but found", "found")
    what = what.replace("second occurrence", "another anchor has this name")
    return NotYaml(what, by, *place)
