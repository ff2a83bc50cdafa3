"""YAML files read with the places of their values, so that a problem can name file and line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from emulator.safe_yaml import compose

PathInFile = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file, and where. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class BadYaml(Exception):
    """The file is missing, or not YAML, or not a mapping."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A mapping read from a file."""

    name: str
    """As shown to the user: relative to the plugin's folder."""
    data: dict[str, Any]
    _root: yaml.Node

    def problem(self, where: PathInFile, message: str) -> Problem:
        """A problem at a value, or at the nearest thing around it that exists."""
        node = self._root
        for step in where:
            found = _child(node, step)
            if found is None:
                break
            node = found
        mark = node.start_mark
        return Problem(self.name, mark.line + 1, mark.column + 1, message)


def read_yaml(folder: Path, name: str) -> YamlFile:
    """Read ``folder/name``, which has to hold a mapping. Raises BadYaml."""
    path = folder / name
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadYaml(Problem(name, 1, 1, "no such file")) from None
    except (OSError, ValueError) as error:  # UnicodeDecodeError, a NUL in the name
        raise BadYaml(Problem(name, 1, 1, f"cannot be read as UTF-8 text: {error}")) from None
    try:
        loader, node = compose(text)
        root = node or yaml.ScalarNode("tag:yaml.org,2002:null", "")
        data = loader.construct_document(root)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadYaml(_yaml_problem(name, error)) from None
    if not isinstance(data, dict):
        kind = "empty" if data is None else f"a {type(data).__name__}"
        raise BadYaml(Problem(name, 1, 1, f"should hold a mapping of keys to values, is {kind}"))
    return YamlFile(name, data, root)


def _yaml_problem(name: str, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Problem(name, line, column, f"is not YAML: {what}")


def _child(node: yaml.Node, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(step):
                return value if isinstance(value, yaml.CollectionNode) else key
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child: yaml.Node = node.value[step]
        return child
    return None
