"""Values that Go and the SDK read differently."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin

_TOOL = "tools/remember.yaml"
_PARAMETER = """\
parameters:
- name: a
  label: {{en_US: A}}
  human_description: {{en_US: A}}
  type: string
  form: form
  {more}
"""


def _with(folder: Path, more: str) -> Path:
    change(whole_plugin(folder), _TOOL, "parameters: []\n", _PARAMETER.format(more=more))
    return folder


@pytest.mark.parametrize("word", ["no", "On", "yes", "1:30", "1:30.5", "1e3", "0o17", "1.5e3"])
def test_a_default_of_two_meanings_is_told(tmp_path: Path, word: str) -> None:
    assert places(_with(tmp_path / "a", f"default: {word}"), "DE632") == [f"{_TOOL}:16:12"]
    assert places(_with(tmp_path / "b", f'default: "{word}"'), "DE632") == []


@pytest.mark.parametrize(
    "word",
    ["n", "true", "False", "1", "1.5", "012", "0x1F", "1_000", "text", "~", "!!str 1e3", "e3"],
)
def test_a_default_of_one_meaning_is_not(tmp_path: Path, word: str) -> None:
    assert places(_with(tmp_path, f"default: {word}"), "DE632") == []


@pytest.mark.parametrize("word", ["no", "false", "1.50", "012", "1:30", "0x1F", "1_000"])
def test_an_option_that_the_sdk_writes_otherwise_is_told(tmp_path: Path, word: str) -> None:
    option = "options: [{{value: {}, label: {{en_US: A}}}}]"
    assert places(_with(tmp_path / "a", option.format(word)), "DE632") == [f"{_TOOL}:16:21"]
    assert places(_with(tmp_path / "b", option.format(f"'{word}'")), "DE632") == []


@pytest.mark.parametrize("word", ["1", "1.5", "1e3", "2026-01-01", "False", "text"])
def test_an_option_that_it_writes_the_same_is_not(tmp_path: Path, word: str) -> None:
    option = f"options: [{{value: {word}, label: {{en_US: A}}}}]"
    assert places(_with(tmp_path, option), "DE632") == []


def test_the_message_names_both_readings(tmp_path: Path) -> None:
    (finding,) = found(_with(tmp_path, "default: no"), "DE632")
    assert finding.message == (
        "`parameters[0].default` is no: the boolean false for the SDK, and text for Go"
    )
