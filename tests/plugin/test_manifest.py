"""``manifest.yaml``: each rule of Dify's daemon, broken by one change to the smallest manifest."""

from pathlib import Path

import pytest

from emulator.errors import PluginLoadError
from emulator.plugin.manifest import Manifest
from emulator.plugin.plugin import read_manifest
from tests.plugin.declared import changed, problems, read

SMALLEST = """\
version: 0.0.1
type: plugin
author: tests
name: plugin
label: {en_US: Label}
description: {en_US: Description}
icon: icon.svg
created_at: 2026-11-22T12:00:00Z
resource: {memory: 1}
plugins: {tools: [provider/test.yaml]}
meta:
  version: 0.0.2
  arch: [amd64]
  runner: {language: python, version: "3.12", entrypoint: main}
"""
REQUIRED = ["version", "type", "author", "name", "label", "description", "icon", "created_at"]
REQUIRED += ["resource", "plugins", "meta"]
VERSION = r"Dify wants it to match ^\d{1,4}(\.\d{1,4}){2}(-\w{1,16})?$"
AUTHOR = "Dify wants it to match ^[a-z0-9_-]{1,64}$"
NAME = "Dify wants it to match ^[a-z0-9_-]{1,128}$"
STORAGE = "memory: 1, permission: {storage: {enabled: false, size: %s}}"
SIZE = "`resource.permission.storage.size`"


def broken(what: str, old: str, new: str, *told: str) -> object:
    return pytest.param(old, new, list(told), id=what)


def test_the_smallest_manifest_is_right(tmp_path: Path) -> None:
    manifest = read(Manifest, tmp_path, SMALLEST)
    assert (manifest.plugin_id, manifest.storage_limit) == ("tests/plugin", None)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        broken("two numbers", "0.0.1", "1.0", f"1:1: `version` is 1.0; {VERSION}"),
        broken("four numbers", "0.0.1", "0.0.1.1", f"1:1: `version` is '0.0.1.1'; {VERSION}"),
        broken("a v", "0.0.1", "v0.0.1", f"1:1: `version` is 'v0.0.1'; {VERSION}"),
        broken("five digits", "0.0.1", "10000.0.1", f"1:1: `version` is '10000.0.1'; {VERSION}"),
        broken("PEP 440", "0.0.1", "0.0.1a1", f"1:1: `version` is '0.0.1a1'; {VERSION}"),
        broken("no suffix", "0.0.1", "0.0.1-", f"1:1: `version` is '0.0.1-'; {VERSION}"),
        broken(
            "a suffix of 17",
            "0.0.1",
            f"0.0.1-{'x' * 17}",
            f"1:1: `version` is '0.0.1-{'x' * 17}'; {VERSION}",
        ),
        broken("type", ": plugin\na", ": bundle\na", "2:1: `type` is 'bundle'; it can be 'plugin'"),
        broken("capitals", ": tests", ": Tests", f"3:1: `author` is 'Tests'; {AUTHOR}"),
        broken("a dot", ": tests", ": te.sts", f"3:1: `author` is 'te.sts'; {AUTHOR}"),
        broken("no author", ": tests", ": ''", f"3:1: `author` is ''; {AUTHOR}"),
        broken("a newline", ": tests", r': "tests\n"', rf"3:1: `author` is 'tests\n'; {AUTHOR}"),
        broken("65", ": tests", f": {'x' * 65}", f"3:1: `author` is '{'x' * 65}'; {AUTHOR}"),
        broken("a list", ": tests", ": [a]", "3:9: `author`: input should be a valid string"),
        broken("a name", ": plugin\nl", ": Plugin\nl", f"4:1: `name` is 'Plugin'; {NAME}"),
        broken("a slash", ": plugin\nl", ": a/b\nl", f"4:1: `name` is 'a/b'; {NAME}"),
        broken(
            "129", ": plugin\nl", f": {'x' * 129}\nl", f"4:1: `name` is '{'x' * 129}'; {NAME}"
        ),
        broken("only German", "en_US: L", "de_DE: L", "5:8: `label.en_US` is missing"),
        broken("text of none", "{en_US: Label}", "{en_US: ''}",
               "5:9: `label.en_US`: string should have at least 1 character"),
        broken("text of 1024", "en_US: Label", f"en_US: {'x' * 1024}",
               "5:9: `label.en_US`: string should have at most 1023 characters"),
        broken("description", "en_US: D", "zh_Hans: D", "6:14: `description.en_US` is missing"),
        broken("description of 1024", ": Description", f": {'x' * 1024}",
               "6:15: `description.en_US`: string should have at most 1023 characters"),
        broken("an icon of none", "icon.svg", "''",
               "7:1: `icon`: string should have at least 1 character"),
        broken("an icon of 129", "icon.svg", "x" * 129,
               "7:1: `icon`: string should have at most 128 characters"),
        broken("no memory", "{memory: 1}", "{}", "9:11: `resource.memory` is missing"),
        broken("memory 0", "memory: 1", "memory: 0",
               "9:12: `resource.memory`: must not be 0: Dify counts it as missing"),
        broken("storage without size", "memory: 1",
               "memory: 1, permission: {storage: {enabled: false}}", f"9:45: {SIZE} is missing"),
        broken("1023 bytes", "memory: 1", STORAGE % 1023,
               f"9:62: {SIZE}: input should be greater than or equal to 1024"),
        broken("over 1 GiB", "memory: 1", STORAGE % 1_073_741_825,
               f"9:62: {SIZE}: input should be less than or equal to 1073741824"),
        broken("a path of 129", "provider/test.yaml", "x" * 129,
               "10:19: `plugins.tools.0`: string should have at most 128 characters"),
        broken("plugins of nothing", " {tools: [provider/test.yaml]}", "",
               "10:1: `plugins`: input should be a valid dictionary or instance of Extensions"),
        broken("meta.version", "  version: 0.0.2\n", "", "12:3: `meta.version` is missing"),
        broken("arch", "[amd64]", "[amd64, arm]",
               "13:17: `meta.arch.1` is 'arm'; it can be 'amd64' or 'arm64'"),
        broken("language", "language: python", "language: node",
               "14:12: `meta.runner.language` is 'node'; it can be 'python'"),
        broken("runner.version", ' version: "3.12",', "",
               "14:11: `meta.runner.version` is missing"),
        broken("entrypoint", "entrypoint: main", "entrypoint: ''",
               "14:47: `meta.runner.entrypoint`: string should have at least 1 character"),
    ],
)  # fmt: skip
def test_a_rule_is_told_with_its_place(tmp_path: Path, old: str, new: str, told: list[str]) -> None:
    assert problems(Manifest, tmp_path, changed(SMALLEST, old, new)) == told


@pytest.mark.parametrize("field", REQUIRED)
def test_a_field_that_is_not_there_is_told_at_the_top(tmp_path: Path, field: str) -> None:
    text = changed(f"\n{SMALLEST}", f"\n{field}:", f"\nx_{field}:").lstrip()
    assert problems(Manifest, tmp_path, text) == [f"1:1: `{field}` is missing"]


@pytest.mark.parametrize("version", ["\u0660.\u0660.\u0661", "0.0.1-\u00fc"])
def test_digits_and_letters_are_those_of_ascii_as_for_go(tmp_path: Path, version: str) -> None:
    (told,) = problems(Manifest, tmp_path, changed(SMALLEST, "0.0.1", version))
    assert VERSION in told


@pytest.mark.parametrize("value", ["yesterday", "''", "2026-13-01T00:00:00+00:00x", "[2026]"])
def test_a_date_that_is_none_is_told_once(tmp_path: Path, value: str) -> None:
    text = changed(SMALLEST, "2026-11-22T12:00:00Z", value)
    (told,) = problems(Manifest, tmp_path, text)
    assert told.startswith("8:")
    assert "`created_at`" in told


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("0.0.1", "9999.9999.9999-aZ_09", id="a version with a suffix"),
        pytest.param(": tests", f": {'a_-9' * 16}", id="an author of 64"),
        pytest.param(": plugin\nl", f": {'a_-9' * 32}\nl", id="a name of 128"),
        pytest.param(": tests", ": 5", id="an author that YAML takes for a number"),
        pytest.param("en_US: Label", f"en_US: {'x' * 1023}", id="a label of 1023"),
        pytest.param("icon.svg", "x" * 128, id="an icon of 128"),
        pytest.param("provider/test.yaml", "x" * 128, id="a path of 128"),
        pytest.param("memory: 1", STORAGE % 1024, id="the smallest storage"),
        pytest.param("memory: 1", STORAGE % 1_073_741_824, id="the largest storage"),
        pytest.param("memory: 1", "memory: 1, permission: {storage: }", id="storage of null"),
        pytest.param("[amd64]", "[arm64, amd64]", id="both machines"),
        pytest.param('"3.12"', "3.12", id="a version that YAML takes for a number"),
        pytest.param("T12:00:00Z", "", id="a day"),
        pytest.param("2026-11-22T12:00:00Z", "'2026-11-22T12:00:00.5+08:00'", id="a quoted time"),
        pytest.param("icon.svg", "icon.svg\nprivacy: 5\nx: {}", id="fields we have no use for"),
    ],
)
def test_what_dify_takes_is_taken(tmp_path: Path, old: str, new: str) -> None:
    assert problems(Manifest, tmp_path, changed(SMALLEST, old, new)) == []


def test_all_problems_come_in_one_go(tmp_path: Path) -> None:
    text = changed(SMALLEST, "version: 0.0.1\n", "version: 1.0\n")
    text = changed(text, "author: tests\n", "")
    text = changed(text, "amd64", "x86")
    (tmp_path / "manifest.yaml").write_text(changed(text, "memory: 1", "memory: 0"))
    with pytest.raises(PluginLoadError) as refusal:
        read_manifest(tmp_path)
    assert refusal.value.message.splitlines() == [
        f"{tmp_path}: the plugin's declarations are not right:",
        f"  manifest.yaml:1:1: `version` is 1.0; {VERSION}",
        "  manifest.yaml:1:1: `author` is missing",
        "  manifest.yaml:8:12: `resource.memory`: must not be 0: Dify counts it as missing",
        "  manifest.yaml:12:10: `meta.arch.0` is 'x86'; it can be 'amd64' or 'arm64'",
    ]
    assert refusal.value.exit_code == 3


@pytest.mark.parametrize(
    ("permission", "field", "granted"),
    [
        ("{tool: {enabled: true}}", "tool.enabled", True),
        ("{tool: {enabled: false}}", "tool.enabled", False),
        ("{tool: {}}", "tool.enabled", False),
        ("{}", "tool.enabled", False),
        ("null", "endpoint.enabled", False),
        ("{model: {enabled: true, llm: true}}", "model.llm", True),
        ("{model: {enabled: true, llm: true}}", "model.rerank", False),
        ("{storage: {enabled: true, size: 1024}}", "storage.enabled", True),
        ("{storage: {size: 1024}}", "storage.enabled", False),
    ],
)
def test_a_permission_is_what_the_manifest_grants(
    tmp_path: Path, permission: str, field: str, granted: bool
) -> None:
    text = changed(SMALLEST, "memory: 1", f"memory: 1, permission: {permission}")
    assert read(Manifest, tmp_path, text).permission.allows(field) is granted


def test_the_storage_limit_is_the_manifests_size(tmp_path: Path) -> None:
    text = changed(SMALLEST, "memory: 1", STORAGE % 4096)
    assert read(Manifest, tmp_path, text).storage_limit == 4096
