"""``dify-emulator.yaml``: what a developer wants of the emulator for this plugin."""

import difflib
import os
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from emulator.errors import UsageError
from emulator.plugin.yaml_file import BadYaml, PathInFile, YamlFile, read_yaml

FILE = "dify-emulator.yaml"

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Config(BaseModel):
    """All keys are optional; the command line beats them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    workspace: str = Field("default", min_length=1)
    user: str = Field("local-user", min_length=1)
    credentials: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    seed: str | None = None
    rerun: Literal["last", "none"] = "last"
    env: dict[str, str] = {}
    watch: list[str] = []
    ignore: list[str] = []
    storage_rules: Literal["local", "object-store"] = "local"


def read_config(folder: Path) -> Config:
    """The configuration beside a plugin's manifest, or the defaults.

    Raises UsageError with file and line if it is wrong, or names a variable that is not set.
    """
    if not (folder / FILE).exists():
        return Config()
    try:
        file = read_yaml(folder, FILE)
    except BadYaml as bad:
        raise UsageError(str(bad), advice="An empty configuration is `{}`, or no file.") from None
    data = _with_variables(file, file.data, ())
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        problems = [file.problem(e["loc"], _in_words(dict(e))) for e in error.errors()]
        raise UsageError("\n".join(map(str, problems)), advice="See docs/configuration.md.") from None


def _with_variables(file: YamlFile, value: Any, where: PathInFile) -> Any:
    if isinstance(value, dict):
        return {key: _with_variables(file, item, (*where, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_variables(file, item, (*where, i)) for i, item in enumerate(value)]
    if not isinstance(value, str):
        return value

    def from_environment(found: re.Match[str]) -> str:
        name = found[1]
        if name not in os.environ:
            problem = file.problem(where, f"the environment variable {name} is not set")
            raise UsageError(str(problem), advice=f"Set it: export {name}=...")
        return os.environ[name]

    return _VARIABLE.sub(from_environment, value)


def _in_words(error: dict[str, Any]) -> str:
    field = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(error["loc"][-1]), Config.model_fields, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"keys: {', '.join(Config.model_fields)}"
        return f"unknown key `{field}`; {hint}"
    if error["type"] == "literal_error":
        return f"`{field}` is {error['input']!r}; it can be {error['ctx']['expected']}"
    return f"`{field}`: {error['msg'][0].lower()}{error['msg'][1:]}"
