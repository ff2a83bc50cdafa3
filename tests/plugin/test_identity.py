"""What storage commands read of a manifest is what the whole manifest says."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from emulator.errors import PluginLoadError
from emulator.plugin.identity import Identity, read_identity
from emulator.plugin.plugin import read_manifest
from tests.plugin.declared import changed
from tests.support.plugin import write_plugin

SMALLEST = """\
version: 0.0.1
type: plugin
author: tests
name: plugin
label: {en_US: Label}
description: {en_US: Description}
icon: icon.svg
created_at: 2026-11-22T12:00:00Z
resource: {memory: 1, permission: {storage: {enabled: true, size: 4096}}}
plugins: {}
meta: {version: 0.0.1, arch: [], runner: {language: python, version: x, entrypoint: main}}
"""
STORAGE = "{enabled: true, size: 4096}"
PERMISSION = f", permission: {{storage: {STORAGE}}}"


@pytest.mark.parametrize(
    ("old", "new", "identity"),
    [
        pytest.param("", "", Identity("tests/plugin", 4096), id="a plain one"),
        pytest.param(": tests", ": a_-9", Identity("a_-9/plugin", 4096), id="an author"),
        pytest.param(": tests", ": 5", Identity("5/plugin", 4096), id="a number for an author"),
        pytest.param(": plugin\nl", ": 7\nl", Identity("tests/7", 4096), id="a number for a name"),
        pytest.param("4096", "1024", Identity("tests/plugin", 1024), id="the smallest size"),
        pytest.param("4096", "1073741824", Identity("tests/plugin", 2**30), id="the largest size"),
        pytest.param("4096", "'2048'", Identity("tests/plugin", 2048), id="a size in quotes"),
        pytest.param("4096", "2048.0", Identity("tests/plugin", 2048), id="a size with a point"),
        pytest.param(STORAGE, "", Identity("tests/plugin", None), id="storage of null"),
        pytest.param(f"storage: {STORAGE}", "", Identity("tests/plugin", None), id="no storage"),
        pytest.param(PERMISSION, "", Identity("tests/plugin", None), id="no permissions"),
    ],
)  # fmt: skip
def test_it_agrees_with_the_whole_manifest(
    tmp_path: Path, old: str, new: str, identity: Identity
) -> None:
    text = changed(SMALLEST, old, new) if old else SMALLEST
    (tmp_path / "manifest.yaml").write_text(text)
    manifest = read_manifest(tmp_path)
    assert read_identity(tmp_path) == identity
    assert identity == Identity(manifest.plugin_id, manifest.storage_limit)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        pytest.param("author: tests\n", "", "1:1: `author`", id="no author"),
        pytest.param(": tests", ": Tests", "3:1: `author`", id="a wrong author"),
        pytest.param(": tests", r': "tests\n"', "3:1: `author`", id="an author with a newline"),
        pytest.param(": plugin\nl", ': "plugin\\n"\nl', "4:1: `name`", id="a name with a newline"),
        pytest.param(": plugin\nl", f": {'x' * 129}\nl", "4:1: `name`", id="a name too long"),
        pytest.param("4096", "1023", "9:61: `resource.permission.storage.size`", id="too small"),
        pytest.param("4096", "1073741825", "9:61: `resource.permission", id="too large"),
        pytest.param(", size: 4096", "", "9:45: `resource.permission", id="no size"),
        pytest.param(STORAGE, "yes", "9:36: `resource.permission.storage`", id="no mapping"),
        pytest.param("icon.svg", "[", "9:9: is not YAML", id="not YAML at all"),
    ],
)
def test_for_a_manifest_that_is_wrong_it_has_the_same_words(
    tmp_path: Path, old: str, new: str, place: str
) -> None:
    (tmp_path / "manifest.yaml").write_text(changed(SMALLEST, old, new))
    with pytest.raises(PluginLoadError) as whole:
        read_manifest(tmp_path)
    with pytest.raises(PluginLoadError) as refusal:
        read_identity(tmp_path)
    assert refusal.value.message == whole.value.message
    assert f"manifest.yaml:{place}" in refusal.value.message


def test_a_missing_manifest_is_told_as_for_a_whole_plugin(tmp_path: Path) -> None:
    with pytest.raises(PluginLoadError, match=r"there is no manifest\.yaml"):
        read_identity(tmp_path)


def test_what_storage_has_no_use_for_may_be_wrong(tmp_path: Path) -> None:
    data = yaml.safe_load(SMALLEST)
    write_plugin(tmp_path, manifest={**data, "version": 1.0, "meta": None, "icon": ""})
    assert read_identity(tmp_path) == Identity("tests/plugin", 4096)


def test_the_whole_manifest_is_not_even_imported_for_it(tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text(SMALLEST)
    code = (
        "import sys, pathlib; from emulator.plugin.identity import read_identity;"
        "read_identity(pathlib.Path(sys.argv[1])); print('pydantic' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True)
    assert told.stdout == b"False\n"
