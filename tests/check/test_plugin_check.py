"""`check` as a whole."""

from pathlib import Path

import pytest

from emulator.check.plugin_check import check_plugin
from emulator.errors import PluginLoadError
from tests.check.checked import change, found, places, whole_plugin
from tests.support.emulator import ROOT


def test_nothing_is_wrong_with_a_whole_plugin(tmp_path: Path) -> None:
    assert found(whole_plugin(tmp_path)) == []


@pytest.mark.parametrize("name", ["memory", "inbox", "leaky"])
def test_no_error_is_found_in_the_sample_plugins(name: str) -> None:
    assert [each for each in check_plugin(ROOT / "sample_plugins" / name) if each.is_error] == []


def test_what_is_no_plugin_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PluginLoadError, match="no manifest"):
        check_plugin(tmp_path)
    with pytest.raises(PluginLoadError, match="no such folder"):
        check_plugin(tmp_path / "nothing")


def test_a_description_under_identity_is_told_where_it_stands(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    right = "description:\n  human:\n    en_US: remember\n  llm: remember\n"
    wrong = "identity:\n  description:\n    human:\n      en_US: remember\n    llm: remember\n"
    change(folder, "tools/remember.yaml", right, "")
    change(folder, "tools/remember.yaml", "identity:\n", wrong)
    assert places(folder, "DE607") == ["tools/remember.yaml:2:3"]
    assert len(found(folder)) == 1
