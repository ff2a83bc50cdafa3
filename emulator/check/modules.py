"""The plugin's Python files as syntax trees. They are read and parsed, never imported."""

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from emulator.check.findings import Place
from emulator.plugin.code import read_code


@dataclass(eq=False)
class Module:
    """One Python file of the plugin."""

    file: str
    """Relative to the plugin's folder, with slashes."""
    source: bytes

    @property
    def name(self) -> str:
        """As it is imported by the plugin's other modules: its folder is on the path."""
        path = PurePosixPath(self.file).with_suffix("")
        return ".".join(path.parent.parts if path.name == "__init__" else path.parts)

    @cached_property
    def parsed(self) -> ast.Module | SyntaxError:
        """Its tree, or why it is not Python."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the plugin's own process tells them
            try:
                return ast.parse(self.source)
            except SyntaxError as error:
                return error
            except (ValueError, RecursionError, MemoryError) as error:  # NUL bytes, nesting
                return SyntaxError(str(error) or type(error).__name__)

    @property
    def tree(self) -> ast.Module:
        """Its tree; an empty one if it is not Python."""
        return self.parsed if isinstance(self.parsed, ast.Module) else ast.Module([], [])

    @cached_property
    def _lines(self) -> list[bytes]:
        return self.source.splitlines()

    def place(self, node: ast.stmt | ast.expr | ast.keyword | ast.arg) -> Place:
        """Where a node begins. The tree counts columns in bytes of UTF-8."""
        line = self._lines[node.lineno - 1] if node.lineno <= len(self._lines) else b""
        column = len(line[: node.col_offset].decode("utf-8", "replace"))
        return Place(self.file, node.lineno, column + 1)


class Modules(Mapping[str, Module]):
    """All modules of a plugin, by their files."""

    def __init__(self, folder: Path) -> None:
        self._modules = {name: Module(name, source) for name, source in read_code(folder).items()}

    def __getitem__(self, file: str) -> Module:
        return self._modules[file]

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)

    @cached_property
    def by_name(self) -> dict[str, Module]:
        """By the names that other modules import them by."""
        return {each.name: each for each in self.values()}
