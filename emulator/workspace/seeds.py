"""Seed files: keys and values that a workspace starts from, as text that people can edit.

A string is UTF-8 text; a mapping, list, number, boolean or null is stored as compact JSON text;
``{$base64: ...}``, ``{$hex: ...}`` and ``{$file: path}`` are bytes.
"""

import base64
import binascii
import contextlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

from emulator.errors import UsageError
from emulator.safe_yaml import SafeDumper, compose

Seed = dict[str, bytes]


class _Wrong(Exception):
    """What is wrong with one value."""


def read_seed(path: Path) -> Seed:
    """Read a seed file, YAML or JSON. Raises UsageError with file and line if it is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"{path}: there is no such seed file.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as UTF-8 text: {error}.") from None
    seed = _as_json(text, path.parent)
    return _as_yaml(text, path) if seed is None else seed


def _as_json(text: str, folder: Path) -> Seed | None:
    """The seed, if the text is JSON and all is right with it.

    YAML reads most JSON, but not tabs nor pairs of surrogates; it knows where things stand, so
    what is wrong is left to it.
    """
    try:
        entries = json.loads(text, object_pairs_hook=_without_doubles)
        if not isinstance(entries, dict) or "" in entries:
            return None
        return {key: _bytes_of(value, folder) for key, value in entries.items()}
    except (ValueError, RecursionError, _Wrong):
        return None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise _Wrong
    return dict(pairs)


def _as_yaml(text: str, path: Path) -> Seed:
    try:
        loader, root = compose(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise _refused(path, mark, f"is neither YAML nor JSON: {what}") from None
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise _refused(path, root.start_mark, "a seed is a mapping of keys to values")
    seed: Seed = {}
    for key_node, value_node in root.value:
        try:
            key, value = _entry(loader, key_node, value_node, path.parent)
        except (_Wrong, yaml.YAMLError, ValueError, RecursionError) as error:
            shown = getattr(error, "problem", None) or str(error) or "nested without end"
            raise _refused(path, value_node.start_mark, shown) from None
        if key in seed:
            raise _refused(path, key_node.start_mark, f"the key {key!r} stands here twice")
        seed[key] = value
    return seed


def write_seed(values: Iterable[tuple[str, bytes]]) -> str:
    """The seed that restores these values byte for byte."""
    entries = {key: _editable(value) for key, value in values}
    return _dump(entries) if entries else "{}\n"


def _entry(
    loader: Any, key_node: yaml.Node, value_node: yaml.Node, folder: Path
) -> tuple[str, bytes]:
    key = loader.construct_object(key_node, deep=True)
    if not isinstance(key, str):
        raise _Wrong(f"the key {key!r} is not text; put it in quotes")
    if not key:
        raise _Wrong("a key must not be empty")
    return key, _bytes_of(loader.construct_object(value_node, deep=True), folder)


def _bytes_of(value: Any, folder: Path) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, dict) and len(value) == 1:
        ((name, given),) = value.items()
        if name in _MARKED:
            if not isinstance(given, str):
                raise _Wrong(f"{name} takes text")
            return _MARKED[name](given, folder)
        if isinstance(name, str) and name.startswith("$"):
            raise _Wrong(f"{name} is not known here; {', '.join(_MARKED)} are")
    return _compact_json(value)


def _compact_json(value: Any) -> bytes:
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except TypeError as error:
        raise _Wrong(f"{error}; put it in quotes") from None
    return text.encode()


def _from_base64(text: str, _folder: Path) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise _Wrong(f"$base64: {error}") from None


def _from_hex(text: str, _folder: Path) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise _Wrong(f"$hex: {error}") from None


def _from_file(name: str, folder: Path) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise _Wrong(f"$file: {error}") from None


_MARKED: dict[str, Callable[[str, Path], bytes]] = {
    "$base64": _from_base64,
    "$hex": _from_hex,
    "$file": _from_file,
}


def _editable(value: bytes) -> Any:
    """The friendliest form that comes back as the same bytes."""
    for form in _forms(value):
        try:
            loader, node = compose(_dump({"k": form}))
            if _bytes_of(loader.construct_document(node)["k"], Path()) == value:
                return form
        except (_Wrong, yaml.YAMLError, ValueError, RecursionError):
            continue
    return {"$base64": base64.b64encode(value).decode()}


def _forms(value: bytes) -> Iterable[Any]:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return
    if text[:1] in ("{", "["):
        with contextlib.suppress(ValueError, RecursionError):
            yield json.loads(text)
    yield text


class _SeedDumper(SafeDumper):
    """Long texts with lines of their own are easier to edit as blocks."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: Any, data: str) -> Any:
    style = "|" if "\n" in data else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_SeedDumper.add_representer(str, _text)


def _dump(entries: dict[str, Any]) -> str:
    text: str = yaml.dump(
        entries, Dumper=_SeedDumper, allow_unicode=True, sort_keys=False, width=100
    )
    return text


def _refused(path: Path, mark: Any, why: str) -> UsageError:
    where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
    return UsageError(f"{where}: {why}.", advice="Nothing was changed.")
