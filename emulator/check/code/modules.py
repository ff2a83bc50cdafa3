"""The plugin's Python files as syntax trees. They are read and parsed, never imported."""

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from emulator.check.findings import Place
from emulator.plugin.code import read_code

PYTHON_OF_DIFY = (3, 12)
"""Whatever the manifest says (D internal/core/local_runtime/setup_python_environment.go)."""


class TooDeep(SyntaxError):
    """Python for all that is known, but too deeply nested for this process."""


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

    @property
    def is_init(self) -> bool:
        return PurePosixPath(self.file).name == "__init__.py"

    @property
    def package(self) -> str:
        """What its relative imports start from; empty at the top."""
        return ".".join(PurePosixPath(self.file).parent.parts)

    @cached_property
    def parsed(self) -> ast.Module | SyntaxError:
        """Its tree, or why it is not Python."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the plugin's own process tells them
            try:
                return ast.parse(self.source, feature_version=PYTHON_OF_DIFY)
            except SyntaxError as error:
                return self._in_characters(error)
            except ValueError as error:  # NUL bytes
                return SyntaxError(str(error))
            except (RecursionError, MemoryError):
                return TooDeep("too deeply nested to be read here")

    def _in_characters(self, error: SyntaxError) -> SyntaxError:
        """An error with its column in characters: of bytes Python before 3.13 gives either."""
        try:
            ast.parse(self.source.decode("utf-8-sig"), feature_version=PYTHON_OF_DIFY)
        except SyntaxError as again:
            return again
        except ValueError:
            pass
        return error

    @property
    def tree(self) -> ast.Module:
        """Its tree; an empty one if it is not Python."""
        return self.parsed if isinstance(self.parsed, ast.Module) else ast.Module([], [])

    @cached_property
    def _lines(self) -> list[bytes]:
        return self.source.splitlines()

    def place(self, node: ast.stmt | ast.expr | ast.keyword | ast.arg | ast.alias) -> Place:
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

    def named(self, name: str) -> Module | None:
        """The one that an import of a dotted name runs; of a package, its `__init__.py`."""
        path = name.replace(".", "/")
        return self.get(f"{path}/__init__.py") or self.get(f"{path}.py")

    def is_package(self, name: str) -> bool:
        """Whether modules can be imported from within it; the plugin's folder itself is one."""
        module = self.named(name)
        return not name or (module.is_init if module else name in self._folders)

    def has(self, name: str) -> bool:
        """Whether an import of a dotted name finds a module here, or a folder with modules."""
        return self.named(name) is not None or name in self._folders

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(
            ".".join(folder.parts)
            for file in self
            for folder in PurePosixPath(file).parents
            if folder.parts
        )
