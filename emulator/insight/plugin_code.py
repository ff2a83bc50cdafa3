"""What the source of a plugin says of its use of storage. Read only when a note depends on it."""

import ast
import warnings
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache

from emulator.dify.finished import Finished
from emulator.plugin.code import digest_of

_MOST_KNOWN = 16
_known: dict[str, "PluginCode"] = {}


class PluginCode:
    """The modules of a plugin at one moment."""

    def __init__(self, sources: Mapping[str, bytes]) -> None:
        self._sources = sources

    def tree(self, file: str) -> ast.Module | None:
        """A module; None if there is no such one, or it is not Python."""
        return _parse(self._sources[file]) if file in self._sources else None

    def may_delete(self, prefix: str) -> bool:
        """Whether some call of a ``delete`` could remove keys that begin with this."""
        return any(each.startswith(prefix) or prefix.startswith(each) for each in self._deleted)

    def is_conditional(self, file: str, line: int) -> bool:
        """Whether a line stands in a branch of an ``if`` statement; also if nobody knows."""
        tree = self.tree(file)
        return tree is None or any(
            isinstance(node, ast.If) and node.body[0].lineno <= line <= (node.end_lineno or line)
            for node in ast.walk(tree)
        )

    def spells_out(self, key: str) -> bool:
        """Whether the key stands in the code as it is, and does not depend on what is given."""
        return key in self._texts

    @cached_property
    def readers(self) -> frozenset[str]:
        """The files whose code can read storage: they do more with it than set and delete."""
        return frozenset(file for file, tree in self._trees(b"storage") if _may_read(tree))

    @cached_property
    def _deleted(self) -> frozenset[str]:
        """What keys to be deleted begin with; "" where that is not known."""
        return frozenset(
            prefix for _, tree in self._trees(b"delete") for prefix in _deleted_in(tree)
        )

    @cached_property
    def _texts(self) -> frozenset[str]:
        return frozenset(
            node.value
            for _, tree in self._trees(b"")
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )

    def _trees(self, text: bytes) -> Iterator[tuple[str, ast.Module]]:
        """The modules in whose source this text stands."""
        for file, source in self._sources.items():
            if text in source and (tree := _parse(source)):
                yield file, tree


def code_of(round: Finished) -> PluginCode | None:
    """The code that a round ran on; None if it is no longer to be had."""
    if round.code is None:
        return None
    code = _known.get(round.code)
    if code is None:
        sources = round.read_code()
        if digest_of(sources) != round.code:
            return None
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        code = _known[round.code] = PluginCode(sources)
    return code


@lru_cache(maxsize=256)
def _parse(source: bytes) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the plugin's own process tells them
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None  # a file that is never imported


def _deleted_in(tree: ast.Module) -> Iterator[str]:
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    called: set[ast.AST] = set()
    for node in ast.walk(tree):  # calls come before what is called
        match node:
            case ast.Call(func=ast.Attribute(attr="delete") as delete, args=[key, *_]):
                called.add(delete)
                yield _beginning(constants.get(key.id) if isinstance(key, ast.Name) else key)
            case ast.Attribute(attr="delete") | ast.Constant(value="delete") if node not in called:
                yield ""  # passed on, or found by its name


def _beginning(key: ast.expr | None) -> str:
    """What a key begins with, whatever else it depends on."""
    match key:
        case (
            ast.Constant(value=str(text))
            | ast.JoinedStr(values=[ast.Constant(value=str(text)), *_])
        ):
            return text
    return ""


def _may_read(tree: ast.Module) -> bool:
    only_changed = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("set", "delete")
    }
    return any(
        isinstance(node, ast.Attribute) and node.attr == "storage" and node not in only_changed
        for node in ast.walk(tree)
    )
