"""The house: imports run downwards, nobody below the command line prints, files hold one idea."""

import ast
from pathlib import Path

import pytest

from tests.support.emulator import ROOT

LAYERS = ["cli", "dev", "server", "testing", "insight", "dify", "runtime", "wire", "check"]
LAYERS += ["plugin", "workspace"]
KNOW_NOBODY = ("wire", "workspace")
EMULATOR = ROOT / "emulator"
FILES = sorted(EMULATOR.rglob("*.py"))


def layer_of(path: Path) -> str | None:
    parts = path.relative_to(EMULATOR).parts
    return parts[0] if len(parts) > 1 else None


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(EMULATOR)))
def test_imports_run_downwards_only(path: Path) -> None:
    layer = layer_of(path)
    if layer is None:
        return
    for name in imports_of(path):
        parts = name.split(".")
        if parts[0] != "emulator" or len(parts) < 2 or parts[1] not in LAYERS:
            continue
        assert LAYERS.index(parts[1]) >= LAYERS.index(layer), f"{path.name} imports {name}"
        if layer in KNOW_NOBODY:
            assert parts[1] == layer, f"{layer} should know nobody, and {path.name} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(EMULATOR)))
def test_the_host_never_imports_the_sdk(path: Path) -> None:
    assert not any(name.split(".")[0] in ("dify_plugin", "gevent") for name in imports_of(path))


def test_every_folder_is_a_layer_of_the_house() -> None:
    folders = {layer_of(path) for path in FILES} - {None}
    assert folders <= set(LAYERS)


def test_nothing_below_the_command_line_prints() -> None:
    for path in FILES:
        if layer_of(path) == "cli":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in ("print", "click.echo", "sys.stdout.write"), path


def test_wire_does_no_io() -> None:
    doing_io = {"os", "sys", "socket", "select", "subprocess", "threading", "pathlib", "asyncio"}
    for path in FILES:
        if layer_of(path) == "wire":
            assert not doing_io & {name.split(".")[0] for name in imports_of(path)}, path


def test_no_file_holds_two_ideas_by_its_length() -> None:
    long = [path for path in ROOT.rglob("*.py") if ".venv" not in path.parts
            and len(path.read_text().splitlines()) > 400]  # fmt: skip
    assert long == []


def test_no_function_is_longer_than_a_screen() -> None:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                assert length <= 50, f"{path.name}: {node.name} has {length} lines"
