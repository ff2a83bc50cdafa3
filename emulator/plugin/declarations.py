"""What all declarations share: their base, and how a wrong one becomes a list of problems."""

import re
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from emulator.plugin.yaml_file import Problem, YamlFile


class Declaration(BaseModel):
    """A part of a plugin's YAML. Fields that the emulator has no use for are let be."""

    # A number where text is meant is text for Go's YAML (and `version: 1.0` then fails its rule).
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, frozen=True)


def matches(pattern: str) -> AfterValidator:
    """A rule of Dify's. As in Go, digits and letters are those of ASCII, and `$` is the end."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise PydanticCustomError("string_pattern_mismatch", pattern, {"pattern": pattern})
        return text

    return AfterValidator(check)


Text = Annotated[str, StringConstraints(min_length=1)]
IdentityName = Annotated[str, matches(r"^[a-zA-Z0-9_-]+$")]
"""tool_identity_name (D plugin_entities/tool_declaration.go:35-76)."""


class Translated(Declaration):
    """Text in several languages; English is required (D I18nObject)."""

    en_US: Annotated[str, StringConstraints(min_length=1, max_length=1023)]


class PythonSource(Declaration):
    source: Text


class Extra(Declaration):
    """Where the SDK finds the code: ``extra.python.source``."""

    python: PythonSource


D = TypeVar("D", bound=Declaration)


class BadDeclaration(Exception):
    """A file does not declare what it should; all its problems."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def declare(kind: type[D], file: YamlFile) -> D:
    """Read a declaration out of a file. Raises BadDeclaration with every problem in it."""
    try:
        return kind.model_validate(file.data)
    except ValidationError as error:
        raise BadDeclaration(
            [file.problem(e["loc"], _in_words(dict(e))) for e in error.errors()]
        ) from None


def _in_words(error: dict[str, Any]) -> str:
    field = ".".join(map(str, error["loc"])) or "the file"
    match error["type"]:
        case "missing":
            return f"`{field}` is missing"
        case "string_pattern_mismatch":
            pattern = error["ctx"]["pattern"]
            return f"`{field}` is {error['input']!r}; Dify wants it to match {pattern}"
        case "value_error":
            return f"`{field}`: {error['ctx']['error']}"
        case "literal_error":
            return f"`{field}` is {error['input']!r}; it can be {error['ctx']['expected']}"
        case _:
            message = error["msg"]
            return f"`{field}`: {message[0].lower()}{message[1:]}"


__all__ = [
    "BadDeclaration",
    "Declaration",
    "Extra",
    "Field",
    "IdentityName",
    "Text",
    "Translated",
    "declare",
    "matches",
]
