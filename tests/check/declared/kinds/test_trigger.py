"""Providers of triggers, and their events."""

from pathlib import Path

import pytest

from tests.check.shaped import plugin, told, told_after

_PROVIDER = """\
    identity:
      author: tests
      name: test
      label: {en_US: Test}
      description: {en_US: Test}
      icon: icon.svg
    subscription_schema:
      - name: secret
        type: secret-input
        label: {en_US: Secret}
    subscription_constructor:
      parameters:
        - name: repository
          type: string
          label: {en_US: Repository}
      credentials_schema:
        token:
          type: secret-input
          label: {en_US: Token}
    events: [events/e.yaml]
    extra: {python: {source: provider/p.py}}
    """
_EVENT = """\
    identity: {author: tests, name: event, label: {en_US: Event}}
    description: {en_US: Happens}
    parameters:
      - name: kind
        type: select
        default: [a]
        label: {en_US: Kind}
    extra: {python: {source: events/e.py}}
    """
_P, _E = "provider/p.yaml", "events/e.yaml"
LOAD, PACKAGING, DEBUGGING = "SDK at load", "packager at packaging", "daemon at remote debugging"


def _plugin(folder: Path) -> Path:
    return plugin(folder, "triggers", {_P: _PROVIDER, _E: _EVENT})


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("type: select", "type: secret-input", f"5:11 DE611 [{LOAD}, {DEBUGGING}]"),
        ("default: [a]", "default: {a: b}", f"6:14 DE604 [{LOAD}]"),
        ("name: event, ", "", f"1:11 DE605 [{LOAD}, {DEBUGGING}]"),
    ],
)
def test_an_event(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert told_after(_plugin(tmp_path), _E, old, new) == [f"{_E}:{expected}"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  icon: icon.svg\n", "", f"2:3 DE605 [{DEBUGGING}]"),
        ("icon: icon.svg", "icon: icon.svg\n  tags: [search]", f"7:10 DE611 [{LOAD}]"),
        ("icon: icon.svg", "icon: icon.svg\n  tags: [webhooks]", f"7:10 DE611 [{DEBUGGING}]"),
        ("  - name: secret\n", "  secret:\n", f"8:3 DE604 [{LOAD}]"),
        (
            "    token:\n      type: secret-input\n",
            "    token:\n",
            f"18:7 DE605 [{LOAD}, {DEBUGGING}]",
        ),
        ("    token:\n", "    none: ~\n    token:\n", f"17:11 DE604 [{LOAD}, {PACKAGING}]"),
        ("events: [events/e.yaml]", "events: ~", f"20:9 DE604 [{LOAD}]"),
        ("events:", "oauth_schema: {}\nevents:", f"20:1 DE609 [{LOAD}, {PACKAGING}]"),
    ],
)
def test_a_provider(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert told_after(_plugin(tmp_path), _P, old, new) == [f"{_P}:{expected}"]


def test_credentials_of_a_constructor_may_be_a_list(tmp_path: Path) -> None:
    old, new = "    token:\n      type", "    - name: token\n      type"
    assert told_after(_plugin(tmp_path), _P, old, new) == []


def test_a_constructor_that_is_no_mapping(tmp_path: Path) -> None:
    folder = _plugin(tmp_path)
    text = (folder / _P).read_text()
    start, end = text.index("  parameters:"), text.index("events:")
    (folder / _P).write_text(text[: start - 1] + " x\n" + text[end:])
    assert told(folder) == [f"{_P}:11:27 DE604 [{LOAD}]"]
