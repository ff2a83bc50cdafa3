"""Values held against a shape, and plugins whose declarations are."""

from pathlib import Path

from emulator.check.declared.declarations import Declarations
from emulator.check.declared.document import read_document
from emulator.check.declared.mappings import Map
from emulator.check.declared.shapes import Field, Shape, Spot
from emulator.check.findings import By
from tests.check.checked import change, write


def findings_of(folder: Path, shape: Shape | Field, value: str) -> list[str]:
    """What is found when `field: value` stands in a file: `line:column code who, who`."""
    field = shape if isinstance(shape, Field) else Field(shape)
    write(folder, "file.yaml", f"field: {value}\n")
    document = read_document(folder, "file.yaml")
    found = sorted(Map({"field": field}).check(Spot(document, ""), document.root))
    return [
        f"{each.place.line}:{each.place.column} {each.code} {_names(each.by)}"
        for each in found
        if each.by
    ]


def _names(by: By) -> str:
    return ", ".join(str(each.who) for each in by)


def who_refuses(folder: Path, shape: Shape | Field, value: str) -> str:
    """Those who refuse a value, as `SDK, packager`; empty if nobody does."""
    return " / ".join(each.split(" ", 2)[2] for each in findings_of(folder, shape, value))


def plugin(folder: Path, list_of: str, files: dict[str, str]) -> Path:
    """The manifest of a plugin with one provider, and its declarations."""
    write(folder, "manifest.yaml", _MANIFEST.replace("LIST", list_of))
    for name, text in files.items():
        write(folder, name, text)
    return folder


def told(folder: Path) -> list[str]:
    """What is found in the declarations: `file:line:column CODE [who]`."""
    findings = sorted(Declarations(folder).check_shapes())
    return [
        f"{each.place} {each.code} [{', '.join(map(str, each.by))}]" for each in findings if each.by
    ]


def told_after(folder: Path, name: str, old: str, new: str) -> list[str]:
    """The same, once a text has been replaced in a file that nothing is wrong with."""
    assert told(folder) == []
    change(folder, name, old, new)
    return told(folder)


_MANIFEST = """\
    version: 0.0.1
    type: plugin
    author: tests
    name: plugin
    label: {en_US: Test}
    description: {en_US: Test}
    icon: icon.svg
    created_at: 2026-11-22T12:00:00Z
    resource: {memory: 268435456, permission: {storage: {enabled: true, size: 1048576}}}
    plugins: {LIST: [provider/p.yaml]}
    meta:
      version: 0.0.1
      arch: [amd64]
      runner: {language: python, version: "3.12", entrypoint: main}
    """
