"""Values that parse, and that the SDK or Go cannot build."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin

_TOOL = "tools/remember.yaml"


def _with(folder: Path, text: str) -> Path:
    """Some text before the first line of a tool."""
    change(whole_plugin(folder), _TOOL, "identity:\n", f"{text}\nidentity:\n")
    return folder


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("x: !mine y", 4),
        ("x: !!python/object/apply:os.getcwd []", 4),
        ("x: !!str [a]", 4),
        ("x: !!map [a]", 4),
        ("x: 2026-02-30", 4),
        ("x: !!int y", 4),
        ("x: 0x_", 4),
        ("x: !!timestamp y", 4),
        ("x: =", 4),
        ("? [a]\n: y", 3),
        ("? {a: b}\n: y", 3),
        ("<<: y", 5),
        ("<<: [y]", 5),
    ],
)
def test_what_the_sdk_cannot_build_is_refused(tmp_path: Path, text: str, column: int) -> None:
    assert places(_with(tmp_path, text), "DE602") == [f"{_TOOL}:1:{column}"]


@pytest.mark.parametrize(
    "text",
    [
        "x: !!str 1",
        "x: ! y",
        "x: !!set {a, b}",
        "x: !!omap []",
        "x: !!binary aGVsbG8=",
        "x: 2026-02-28",
        "x: '='",
        "=: y",
        "x: &x [*x]",
        "<<: {}",
        "<<: [{}, {}]",
        "x: " + "[" * 400 + "]" * 400,
    ],
)
def test_what_it_can_build_is_not(tmp_path: Path, text: str) -> None:
    assert places(_with(tmp_path, text), "DE602") == []


def test_more_than_500_levels_are_too_many_for_the_sdk(tmp_path: Path) -> None:
    deep = "x: " + "[" * 499 + "]" * 499
    assert places(_with(tmp_path / "a", deep), "DE602") == []
    deeper = "x: " + "[" * 500 + "]" * 500
    assert places(_with(tmp_path / "b", deeper), "DE602") == [f"{_TOOL}:1:503"]


def test_aliases_do_not_make_it_deeper(tmp_path: Path) -> None:
    half = "x: &x " + "[" * 300 + "]" * 300
    other = "y: " + "[" * 300 + "*x" + "]" * 300
    assert places(_with(tmp_path, f"{half}\n{other}"), "DE602") == []


def test_a_schema_that_contains_itself_is_refused_by_go(tmp_path: Path) -> None:
    folder = _with(tmp_path, "output_schema: &x {y: [*x]}")
    assert [str(each) for each in found(folder, "DE602")] == [
        f"{_TOOL}:1:16: DE602 `output_schema` contains itself [packager at packaging]"
    ]


def test_a_schema_that_grows_by_aliases_is_refused_by_go(tmp_path: Path) -> None:
    lines = ["  a0: &a0 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    lines += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 7)]
    assert places(_with(tmp_path / "a", "\n".join(["output_schema:", *lines])), "DE602") == [
        f"{_TOOL}:2:3"
    ]
    small = "\n".join(["output_schema:", *lines[:3]])
    assert places(_with(tmp_path / "b", small), "DE602") == []
