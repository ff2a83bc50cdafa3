"""Endpoints and their groups."""

from pathlib import Path

import pytest

from emulator.check.declared.declarations import Declarations
from tests.check.checked import change
from tests.check.shaped import plugin, told, told_after

_GROUP = """\
    settings:
      - name: key
        type: text-input
        default: [a]
        label: {en_US: Key}
    endpoints:
      - endpoints/e.yaml
    """
_ENDPOINT = """\
    path: /x
    method: GET
    hidden: false
    extra: {python: {source: endpoints/e.py}}
    """
_G, _E = "provider/p.yaml", "endpoints/e.yaml"
LOAD, PACKAGING, DEBUGGING = "SDK at load", "packager at packaging", "daemon at remote debugging"


def _plugin(folder: Path) -> Path:
    plugin(folder, "endpoints", {_G: _GROUP, _E: _ENDPOINT})
    change(folder, _G, "    default: [a]\n", "")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("method: GET", "method: get", f"2:9 DE611 [{DEBUGGING}]"),
        ("method: GET", "method: PATCH", f"2:9 DE611 [{DEBUGGING}]"),
        ("path: /x", "Path: /x", f"1:1 DE606 [{LOAD}, {DEBUGGING}]"),
        ("hidden: false", "hidden: 'no way'", f"3:9 DE604 [{LOAD}, {PACKAGING}]"),
        ("hidden: false", "hiden: true", f"3:1 DE608 [{LOAD}, {PACKAGING}]"),
    ],
)
def test_an_endpoint(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert told_after(_plugin(tmp_path), _E, old, new) == [f"{_E}:{expected}"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("- name: key", "- nam: key", f"2:5 DE606 [{LOAD}]"),
        ("    label", "    default: [a]\n    label", f"4:14 DE604 [{DEBUGGING}]"),
        ("- endpoints/e.yaml", "- 7", f"6:5 DE604 [{LOAD}]"),
        ("\n  - endpoints/e.yaml", " endpoints/e.yaml", f"5:12 DE604 [{LOAD}]"),
    ],
)
def test_a_group(tmp_path: Path, old: str, new: str, expected: str) -> None:
    found = told_after(_plugin(tmp_path), _G, old, new)
    assert [each for each in found if "DE601" not in each] == [f"{_G}:{expected}"]


def test_settings_as_a_mapping(tmp_path: Path) -> None:
    """As the documentation of Dify shows them, and nobody takes them."""
    old = "  - name: key\n    type"
    assert told_after(_plugin(tmp_path), _G, old, "  key:\n    type") == [
        f"{_G}:2:3 DE604 [{LOAD}, {PACKAGING}]"
    ]


def test_an_endpoint_within_its_group(tmp_path: Path) -> None:
    folder = _plugin(tmp_path)
    inline = "- path: /y\n    method: POST\n    extra: {python: {source: endpoints/e.py}}"
    change(folder, _G, "- endpoints/e.yaml", inline)
    assert told(folder) == []
    (endpoint,) = [each for each in Declarations(folder).declared if each.parent]
    assert endpoint.document.text("path") == "/y"
    change(folder, _G, "/y", "[/y]")
    assert told(folder) == [f"{_G}:6:11 DE604 [{LOAD}, {PACKAGING}]"]


def test_a_group_that_is_not_there(tmp_path: Path) -> None:
    """For the SDK it is one without endpoints."""
    folder = _plugin(tmp_path)
    (folder / _G).unlink()
    assert told(folder) == [f"manifest.yaml:10:23 DE601 [{PACKAGING}]"]
