"""Agent strategies and their providers."""

from pathlib import Path

import pytest

from tests.check.shaped import plugin, told_after

_PROVIDER = """\
    identity:
      author: tests
      name: test
      label: {en_US: Test}
      description: {en_US: Test}
      icon: icon.svg
    strategies: [strategies/s.yaml]
    extra: {python: {source: provider/p.py}}
    """
_STRATEGY = """\
    identity: {author: tests, name: strategy, label: {en_US: Strategy}}
    description: {en_US: Thinks}
    parameters:
      - name: tools
        type: array[tools]
        label: {en_US: Tools}
    features: [history-messages]
    extra: {python: {source: strategies/s.py}}
    """
_P, _S = "provider/p.yaml", "strategies/s.yaml"
LOAD, PACKAGING, DEBUGGING = "SDK at load", "packager at packaging", "daemon at remote debugging"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("array[tools]", "object", f"5:11 DE611 [{DEBUGGING}]"),
        ("array[tools]", "tools", f"5:11 DE611 [{LOAD}, {DEBUGGING}]"),
        ("[history-messages]", "[history]", f"7:12 DE611 [{LOAD}]"),
        ("[history-messages]", "~", f"7:11 DE604 [{LOAD}]"),
        ("features", "output_schema: []\nfeatures", f"7:16 DE604 [{PACKAGING}]"),
        ("    label", "    default: [a]\n    label", f"6:14 DE604 [{LOAD}, {DEBUGGING}]"),
    ],
)
def test_a_strategy(tmp_path: Path, old: str, new: str, expected: str) -> None:
    folder = plugin(tmp_path, "agent_strategies", {_P: _PROVIDER, _S: _STRATEGY})
    assert told_after(folder, _S, old, new) == [f"{_S}:{expected}"]


def test_a_provider(tmp_path: Path) -> None:
    folder = plugin(tmp_path, "agent_strategies", {_P: _PROVIDER, _S: _STRATEGY})
    assert told_after(folder, _P, "{source: provider/p.py}", "{}") == []
    assert told_after(folder, _P, "[strategies/s.yaml]", "[{}]") == [f"{_P}:7:14 DE604 [{LOAD}]"]
