"""Declarations as texts, so that a test knows the line of everything in them."""

from pathlib import Path
from typing import TypeVar

from emulator.plugin.declarations import BadDeclaration, Declaration, declare
from emulator.plugin.yaml_file import read_yaml

D = TypeVar("D", bound=Declaration)


def read(kind: type[D], folder: Path, text: str) -> D:
    """The declaration in a file of this text. Raises BadDeclaration."""
    (folder / "file.yaml").write_text(text, encoding="utf-8")
    return declare(kind, read_yaml(folder, "file.yaml"))


def problems(kind: type[Declaration], folder: Path, text: str) -> list[str]:
    """What is wrong with a file of this text: ``line:column: message`` each."""
    try:
        read(kind, folder, text)
    except BadDeclaration as bad:
        return [str(problem).removeprefix("file.yaml:") for problem in bad.problems]
    return []


def changed(text: str, old: str, new: str) -> str:
    """The text with one of its parts, which has to be there just once, replaced."""
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)
