"""Plugins to check: a whole one that nothing is wrong with, and ways to break it."""

from pathlib import Path
from textwrap import dedent

from emulator.check.findings import Finding
from emulator.check.plugin_check import check_plugin
from tests.support.plugin import write_plugin


def whole_plugin(folder: Path) -> Path:
    """A plugin with a tool, an endpoint and storage that passes."""
    write_plugin(
        folder,
        tools={"remember": "storage.set('k', b'v')\nyield self.create_text_message('ok')"},
        endpoints={"GET /k": "return Response(storage.get('k'))"},
    )
    (folder / "README.md").write_text("# Test\n")
    (folder / ".difyignore").write_text(".dify-emulator/\n.venv/\n.git/\n.env\n__pycache__/\n")
    return folder


def write(folder: Path, name: str, text: str) -> None:
    """A file of the plugin, dedented."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Replace the first occurrence of a text in a file of the plugin, which has to be there."""
    path = folder / name
    text = path.read_text()
    assert old in text, f"{name} has no {old!r}"
    path.write_text(text.replace(old, new, 1))


def found(folder: Path, *codes: str) -> list[Finding]:
    """What is found, or what of these codes."""
    return [each for each in check_plugin(folder) if not codes or each.code in codes]


def places(folder: Path, code: str) -> list[str]:
    """`file:line:column` of each finding of a code."""
    return [str(each.place) for each in found(folder, code)]
