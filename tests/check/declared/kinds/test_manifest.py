"""The shape of `manifest.yaml`."""

from pathlib import Path

import pytest

from tests.check.shaped import plugin, told_after

_M = "manifest.yaml"
LOAD, PACKAGING, INSTALLATION = "SDK at load", "packager at packaging", "daemon at installation"
DEBUGGING = "daemon at remote debugging"


def _plugin(folder: Path) -> Path:
    provider = """\
        endpoints: []
        """
    return plugin(folder, "endpoints", {"provider/p.yaml": provider})


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("version: 0.0.1", "version: 0.1", [f"1:10 DE604 [{LOAD}]", f"1:10 DE612 [{PACKAGING}]"]),
        ("version: 0.0.1", "version: 1.0.0a1", [f"1:10 DE612 [{PACKAGING}]"]),
        ("type: plugin", "type: bundle", [f"2:7 DE611 [{LOAD}, {PACKAGING}]"]),
        ("author: tests", "author: Tests", [f"3:9 DE612 [{INSTALLATION}, {DEBUGGING}]"]),
        (
            "author: tests",
            "author: the tests",
            [f"3:9 DE612 [{LOAD}, {INSTALLATION}, {DEBUGGING}]"],
        ),
        ("author: tests", "author: ~", [f"3:1 DE605 [{INSTALLATION}]"]),
        ("name: plugin", "name: Plugin", [f"4:7 DE612 [{LOAD}, {INSTALLATION}]"]),
        ("name: plugin", "nane: plugin", [f"4:1 DE606 [{LOAD}, {PACKAGING}]"]),
        ("icon: icon.svg", "icon: ''", [f"7:7 DE605 [{PACKAGING}]"]),
        ("2026-11-22T12:00:00Z", "today", [f"8:13 DE604 [{LOAD}, {PACKAGING}]"]),
        ("2026-11-22T12:00:00Z", "1700000000", [f"8:13 DE604 [{PACKAGING}]"]),
        ("memory: 268435456", "memory: 0", [f"9:20 DE613 [{PACKAGING}]"]),
        ("size: 1048576", "size: 1023", [f"9:75 DE613 [{LOAD}, {PACKAGING}]"]),
        (", size: 1048576", "", [f"9:53 DE605 [{PACKAGING}]"]),
        ("plugins: {endpoints", "plugins: {endpoint", [f"10:11 DE608 [{LOAD}, {PACKAGING}]"]),
        ("[amd64]", "[amd64, x86]", [f"13:17 DE611 [{LOAD}, {PACKAGING}]"]),
        ('"3.12"', "3.12", [f"14:39 DE604 [{LOAD}]"]),
        ("language: python", "language: go", [f"14:22 DE611 [{LOAD}, {PACKAGING}]"]),
        ("icon: icon.svg", "icon: icon.svg\ntags: [ai]", [f"8:8 DE611 [{PACKAGING}]"]),
        ("icon: icon.svg", "icon: icon.svg\nverified: 'no'", []),
        ("icon: icon.svg", "icon: icon.svg\nverified: maybe", [f"8:11 DE604 [{PACKAGING}]"]),
    ],
)
def test_the_manifest(tmp_path: Path, old: str, new: str, expected: list[str]) -> None:
    assert told_after(_plugin(tmp_path), _M, old, new) == [f"{_M}:{each}" for each in expected]
