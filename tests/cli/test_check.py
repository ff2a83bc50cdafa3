"""``check`` as it is called: its formats, its exit codes, what can be silenced."""

import json
from pathlib import Path

import pytest

from tests.check.checked import change, whole_plugin, write
from tests.support.command import run_command
from tests.support.emulator import Result


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A plugin with an error and a warning, in files of their own."""
    folder = whole_plugin(tmp_path / "my plugin")
    change(folder, "tools/remember.yaml", "name: remember", "name: remember me")
    change(folder, "group/test.yaml", "settings: []", "settings: []\nmood: good")
    return folder


def check(folder: Path, *words: str) -> Result:
    return run_command("check", *words, folder=folder)


def test_a_finding_says_where_what_to_write_and_who_minds(plugin: Path) -> None:
    result = check(plugin)
    assert result.code == 1
    assert result.text.splitlines() == [
        "group/test.yaml:2:1: DE610 `mood` is read by nobody",
        "    Leave it out.",
        "    warning: SDK at load, packager at packaging",
        "tools/remember.yaml:3:9: DE612 `identity.name` is 'remember me', and has to match "
        "[a-zA-Z0-9_-]+",
        "    Use letters without accents, digits, `_` and `-` only.",
        "    error: daemon at remote debugging",
    ]
    assert result.err == "1 error, 1 warning.\n"


def test_warnings_alone_are_no_failure(plugin: Path) -> None:
    change(plugin, "tools/remember.yaml", "remember me", "remember")
    result = check(plugin)
    assert (result.code, result.err) == (0, "0 errors, 1 warning.\n")


def test_a_plugin_without_faults_prints_nothing(tmp_path: Path) -> None:
    result = check(whole_plugin(tmp_path))
    assert (result.code, result.out, result.err) == (0, b"", "Nothing found.\n")


def test_files_are_named_from_where_the_command_was_started(plugin: Path) -> None:
    other = whole_plugin(plugin.parent / "other")
    result = run_command("check", "my plugin", "-p", "other", folder=other.parent)
    assert result.code == 1
    assert result.text.startswith("my plugin/group/test.yaml:2:1: DE610 ")
    assert result.err == "1 error, 1 warning in 2 plugins.\n"


def test_json_is_one_document(plugin: Path) -> None:
    result = check(plugin, "--json")
    assert result.code == 1
    document = json.loads(result.out)
    assert (document["errors"], document["warnings"]) == (1, 1)
    (checked,) = document["plugins"]
    assert checked["path"] == str(plugin)
    assert checked["findings"][1] == {
        "code": "DE612",
        "level": "error",
        "file": "tools/remember.yaml",
        "line": 3,
        "column": 9,
        "message": "`identity.name` is 'remember me', and has to match [a-zA-Z0-9_-]+",
        "advice": "Use letters without accents, digits, `_` and `-` only.",
        "by": [{"who": "daemon", "when": "remote debugging"}],
    }


def test_sarif_names_rules_levels_and_places(plugin: Path) -> None:
    result = run_command("check", "my plugin", "--format", "sarif", folder=plugin.parent)
    assert result.code == 1
    document = json.loads(result.out)
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["DE610", "DE612"]
    first, second = run["results"]
    assert (first["ruleId"], rules[first["ruleIndex"]]["id"], first["level"]) == (
        "DE610",
        "DE610",
        "warning",
    )
    assert second["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "my%20plugin/tools/remember.yaml"},
                "region": {"startLine": 3, "startColumn": 9},
            }
        }
    ]


def test_annotations_for_github_are_escaped(plugin: Path) -> None:
    change(plugin, "tools/remember.yaml", "name: remember me", 'name: "re: 50%,\\nme"')
    result = check(plugin, "--format", "github")
    assert result.code == 1
    warning, error = result.text.splitlines()
    assert warning == (
        "::warning file=group/test.yaml,line=2,col=1,title=DE610::`mood` is read by nobody. "
        "Leave it out. (SDK at load, packager at packaging)"
    )
    assert error.startswith("::error file=tools/remember.yaml,line=3,col=9,title=DE612::")
    assert "re: 50%25,\\nme" in error


class TestSilence:
    def test_a_warning_can_be_silenced(self, plugin: Path) -> None:
        write(plugin, "dify-emulator.yaml", "silence: [DE610]\n")
        result = check(plugin)
        assert (result.code, result.err) == (1, "1 error, 0 warnings.\n")
        assert "DE610" not in result.text

    def test_an_error_cannot(self, plugin: Path) -> None:
        write(plugin, "dify-emulator.yaml", "silence: [DE610, DE612]\n")
        result = check(plugin)
        assert (result.code, result.out) == (2, b"")
        assert "dify-emulator.yaml:1:18: `DE612` is an error of `check`" in result.err

    def test_rounds_refuse_the_same(self, plugin: Path) -> None:
        change(plugin, "tools/remember.yaml", "remember me", "remember")
        write(plugin, "dify-emulator.yaml", "silence: [DE612]\n")
        result = run_command("run", "remember", folder=plugin)
        assert (result.code, result.out) == (2, b"")
        assert "errors cannot be silenced" in result.err

    def test_variables_that_are_not_set_do_not_matter(self, plugin: Path) -> None:
        write(plugin, "dify-emulator.yaml", "silence: [DE610]\ncredentials:\n  key: ${NOT_SET}\n")
        assert check(plugin).code == 1


def test_what_is_no_plugin_ends_with_3_before_anything_is_printed(plugin: Path) -> None:
    result = run_command("check", "my plugin", ".", folder=plugin.parent)
    assert (result.code, result.out) == (3, b"")
    assert "there is no manifest.yaml" in result.err


def test_two_formats_are_one_too_many(plugin: Path) -> None:
    result = check(plugin, "--json", "--format", "sarif")
    assert (result.code, result.out) == (2, b"")


def test_control_characters_in_a_plugin_do_not_reach_the_terminal(plugin: Path) -> None:
    change(plugin, "tools/remember.yaml", "name: remember me", 'name: "\\e[31mred"')
    assert b"\x1b" not in check(plugin).out
