"""What a manifest leads to."""

from pathlib import Path

import pytest

from emulator.check.declared.declarations import Declarations
from emulator.check.declared.kinds.endpoint import ENDPOINT, ENDPOINT_GROUP
from emulator.check.declared.kinds.tool import TOOL, TOOL_PROVIDER
from emulator.check.declared.model_files import model_files
from emulator.check.declared.shapes import BOTH, SDK
from tests.check.checked import change, whole_plugin, write
from tests.check.shaped import told


def test_a_plugins_declarations(tmp_path: Path) -> None:
    declarations = Declarations(whole_plugin(tmp_path))
    assert declarations.manifest is not None
    assert [each.kind for each in declarations.declared] == [
        TOOL_PROVIDER,
        TOOL,
        ENDPOINT_GROUP,
        ENDPOINT,
    ]
    (tool,) = declarations.of(TOOL)
    assert tool.name == "remember"
    assert tool.parent is not None
    assert tool.parent.kind is TOOL_PROVIDER


def test_nothing_is_wrong_with_it(tmp_path: Path) -> None:
    assert told(whole_plugin(tmp_path)) == []


def test_a_provider_that_is_not_there(tmp_path: Path) -> None:
    change(whole_plugin(tmp_path), "manifest.yaml", "provider/test.yaml", "providers/test.yaml")
    (finding,) = Declarations(tmp_path).check_shapes()
    assert finding.message == "there is no file 'providers/test.yaml'"
    assert finding.advice == "Did you mean 'provider/test.yaml'?"


def test_an_empty_declaration(tmp_path: Path) -> None:
    """For Go it is one without fields, which it does not mind."""
    (whole_plugin(tmp_path) / "tools" / "remember.yaml").write_text("")
    assert told(tmp_path) == ["tools/remember.yaml:1:1 DE602 [SDK at load]"]


def test_no_manifest_that_can_be_read(tmp_path: Path) -> None:
    write(whole_plugin(tmp_path), "manifest.yaml", "- a\n")
    declarations = Declarations(tmp_path)
    assert declarations.manifest is None
    assert [each.code for each in declarations.check_shapes()] == ["DE602"]


def test_a_plugin_that_names_no_lists(tmp_path: Path) -> None:
    write(tmp_path, "manifest.yaml", "plugins: {tools: provider/p.yaml, endpoints: [[]]}\n")
    assert Declarations(tmp_path).declared == []


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("models/*.yaml", [("models/a.yaml", BOTH)]),
        ("models/[^b].yaml", []),  # no negation for pathlib
        ("models/**/*.yaml", [("models/a.yaml", SDK), ("models/deep/b.yaml", BOTH)]),
        ("models/*/?.yaml", [("models/deep/b.yaml", BOTH)]),
        ("models/*", [("models/a.yaml", BOTH)]),
        ("nowhere/*", []),
    ],
)
def test_the_files_of_a_pattern(tmp_path: Path, pattern: str, found: list[object]) -> None:
    write(tmp_path, "models/a.yaml", "")
    write(tmp_path, "models/deep/b.yaml", "")
    assert model_files(tmp_path, pattern) == found


@pytest.mark.parametrize("pattern", ["", "/models/*.yaml"])
def test_patterns_that_the_sdk_does_not_take(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        model_files(tmp_path, pattern)
