"""``dify-emulator.yaml``: what a developer wants of the emulator for this plugin."""

import difflib
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from os import environ
from pathlib import Path
from typing import Any, Literal

from emulator.errors import UsageError
from emulator.plugin.yaml_file import BadYaml, PathInFile, Problem, YamlFile, read_yaml

FILE = "dify-emulator.yaml"

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

_CODE = re.compile(r"DE\d{3}")


@dataclass(frozen=True, slots=True)
class Config:
    """All keys are optional; the command line beats them."""

    workspace: str = "default"
    user: str = "local-user"
    credentials: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    seed: str | None = None
    rerun: Literal["last", "none"] = "last"
    env: dict[str, str] = field(default_factory=dict)
    watch: list[str] = field(default_factory=list)
    ignore: list[str] = field(default_factory=list)
    storage_rules: Literal["local", "object-store"] = "local"
    silence: list[str] = field(default_factory=list)
    """Codes of notes that nobody wants to see."""
    history: dict[str, int] = field(default_factory=dict)
    """The limit of history: ``rounds`` and ``bytes``."""


# Checked by hand: pydantic's import would cost a storage command half of its time.
_CHECKS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "workspace": ("text", lambda value: isinstance(value, str) and value != ""),
    "user": ("text", lambda value: isinstance(value, str) and value != ""),
    "credentials": ("a mapping of names to values", lambda value: _is_map(value, object)),
    "settings": ("a mapping of names to values", lambda value: _is_map(value, object)),
    "seed": ("the path of a file", lambda value: isinstance(value, str)),
    "rerun": ("`last` or `none`", lambda value: value in ("last", "none")),
    "env": ("a mapping of names to text", lambda value: _is_map(value, str)),
    "watch": ("a list of patterns", lambda value: _is_list_of_text(value)),
    "ignore": ("a list of patterns", lambda value: _is_list_of_text(value)),
    "storage_rules": (
        "`local` or `object-store`",
        lambda value: value in ("local", "object-store"),
    ),
    "silence": ("a list of codes such as DE201", lambda value: _is_list_of_codes(value)),
    "history": ("a mapping with `rounds` or `bytes`, each a number from 1", lambda v: _is_limit(v)),
}


Codes = Mapping[str, bool]
"""Codes of notes and of checks, and whether each can be silenced."""


def read_config(folder: Path, codes: Codes | None = None) -> Config:
    """The configuration beside a plugin's manifest, or the defaults.

    No others than these ``codes`` can be silenced; without any, their shape is all that is looked
    at. Raises UsageError with file and line if it is wrong, or names a variable that is not set.
    """
    if (file := _read(folder)) is None:
        return Config()
    try:
        data = _with_variables(file, file.data, ())
    except RecursionError:
        itself = file.problem((), "a value holds itself, by an alias (*name)")
        raise UsageError(str(itself)) from None
    problems = [problem for key in data if (problem := _problem(file, key, data[key]))]
    problems = problems or [
        file.problem((key, name), f"`{key}.{name}` is no JSON value; put it in quotes")
        for key in ("credentials", "settings")
        for name, value in data.get(key, {}).items()
        if not _is_json(value)
    ]
    problems = problems or _not_silenced(file, codes or {})
    _refuse(problems)
    return Config(**data)


def read_silenced(folder: Path, codes: Codes) -> frozenset[str]:
    """Only what is silenced: for whoever does not run the plugin and has none of its variables.

    Raises UsageError.
    """
    file = _read(folder)
    if file is None or "silence" not in file.data:
        return frozenset()
    wrong = _problem(file, "silence", file.data["silence"])
    _refuse([wrong] if wrong else _not_silenced(file, codes))
    return frozenset(file.data["silence"])


def _read(folder: Path) -> YamlFile | None:
    if not (folder / FILE).exists():
        return None
    try:
        return read_yaml(folder, FILE)
    except BadYaml as bad:
        raise UsageError(str(bad), advice="An empty configuration is `{}`, or no file.") from None


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise UsageError(
            "\n".join(map(str, problems)), advice="docs/configuration.md has them all."
        )


def _not_silenced(file: YamlFile, codes: Codes) -> list[Problem]:
    """What stands under `silence` and cannot be silenced."""
    silenceable = [code for code, can_be in codes.items() if can_be]
    return [
        file.problem(("silence", number), _why_not(code, code in codes, silenceable))
        for number, code in enumerate(file.data.get("silence", []))
        if codes and code not in silenceable
    ]


def _why_not(code: str, is_error: bool, silenceable: list[str]) -> str:
    if is_error:
        return f"`{code}` is an error of `check`, and errors cannot be silenced"
    hint = _near(code, silenceable) or "docs/notes.md and docs/checks.md have them all"
    return f"there is no note `{code}`; {hint}"


def _problem(file: YamlFile, key: Any, value: Any) -> Problem | None:
    if key in _CHECKS:
        expected, is_right = _CHECKS[key]
        return None if is_right(value) else file.problem((key,), f"`{key}` should be {expected}")
    names = [each.name for each in fields(Config)]
    hint = _near(str(key), names) or f"the keys are {', '.join(names)}"
    return file.problem((str(key),), f"unknown key `{key}`; {hint}")


def _near(word: str, right: Collection[str]) -> str | None:
    near = difflib.get_close_matches(word, right, n=1)
    return f"did you mean `{near[0]}`?" if near else None


def _is_map(value: Any, kind: type) -> bool:
    return isinstance(value, dict) and all(
        isinstance(name, str) and isinstance(item, kind) for name, item in value.items()
    )


def _is_json(value: Any) -> bool:
    """YAML has more than JSON: dates, for one, and numbers that are none."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_list_of_codes(value: Any) -> bool:
    return _is_list_of_text(value) and all(_CODE.fullmatch(code) for code in value)


def _is_limit(value: Any) -> bool:
    return isinstance(value, dict) and all(
        name in ("rounds", "bytes") and type(number) is int and number > 0
        for name, number in value.items()
    )


def _with_variables(file: YamlFile, value: Any, where: PathInFile) -> Any:
    if isinstance(value, dict):
        return {key: _with_variables(file, item, (*where, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_variables(file, item, (*where, i)) for i, item in enumerate(value)]
    if not isinstance(value, str):
        return value

    def from_environment(found: re.Match[str]) -> str:
        name = found[1]
        if name not in environ:
            problem = file.problem(where, f"the environment variable {name} is not set")
            raise UsageError(str(problem), advice=f"Set it: export {name}=...")
        return environ[name]

    return _VARIABLE.sub(from_environment, value)
