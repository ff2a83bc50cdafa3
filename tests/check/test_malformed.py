"""Whatever lies in a plugin's folder, `check` ends with findings: it neither fails nor hangs, runs
nothing of the plugin's, and changes nothing."""

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from emulator.check.declared.document import LARGEST
from emulator.check.findings import Finding
from emulator.check.plugin_check import check_plugin
from tests.check.checked import change, found, whole_plugin

_DECLARATIONS = (
    "manifest.yaml",
    "provider/test.yaml",
    "tools/remember.yaml",
    "group/test.yaml",
    "endpoints/endpoint0.yaml",
)
_SOURCES = ("main.py", "provider/test.py", "tools/remember.py", "endpoints/endpoint0.py")

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.dates(),
    st.datetimes(),
    st.binary(max_size=5),
)
_TREES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)
_OTHERS: list[object] = [None, True, 1.5, "", [], {}, [["a"]], {"a": {"b": []}}]


def _check_with(name: str, content: bytes) -> list[Finding]:
    with TemporaryDirectory() as folder:
        whole_plugin(Path(folder))
        Path(folder, name).write_bytes(content)
        return check_plugin(Path(folder))


def _dump(tree: object) -> bytes:
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False).encode("utf-8", "replace")


@given(st.sampled_from(_DECLARATIONS), st.binary(max_size=300))
def test_any_bytes_for_a_declaration(name: str, content: bytes) -> None:
    _check_with(name, content)


@given(st.sampled_from(_DECLARATIONS), st.text("ab:-?&*!|>'\"[]{},#% \t\n<~=1.", max_size=60))
@example("manifest.yaml", "a: &a [*a]")
@example("tools/remember.yaml", "&a ? *a : *a")
@example("tools/remember.yaml", "<<: [*a, *a]")
def test_any_yaml_like_text_for_a_declaration(name: str, text: str) -> None:
    _check_with(name, text.encode())


@given(st.sampled_from(_DECLARATIONS), _TREES)
def test_any_tree_for_a_declaration(name: str, tree: object) -> None:
    _check_with(name, _dump(tree))


@pytest.mark.parametrize("name", _DECLARATIONS)
def test_any_other_value_in_the_place_of_each(tmp_path: Path, name: str) -> None:
    folder = whole_plugin(tmp_path)
    tree = yaml.safe_load((folder / name).read_text())
    for changed in _each_replaced(tree):
        (folder / name).write_bytes(_dump(changed))
        check_plugin(folder)


def _each_replaced(tree: object) -> list[object]:
    """The tree with each of its values replaced by each other kind of value, one at a time."""
    changed = list(_OTHERS)
    if isinstance(tree, dict):
        for key in tree:
            changed += [{**tree, key: each} for each in _each_replaced(tree[key])]
    elif isinstance(tree, list):
        for number in range(len(tree)):
            before, after = tree[:number], tree[number + 1 :]
            changed += [[*before, each, *after] for each in _each_replaced(tree[number])]
    return changed


@given(st.sampled_from(_SOURCES), st.binary(max_size=300))
def test_any_bytes_for_a_source(name: str, content: bytes) -> None:
    _check_with(name, content)


@pytest.mark.parametrize(
    "content",
    [
        b"x = " + b"(" * 5000 + b")" * 5000,
        b"x = " + b"-" * 50_000 + b"1",
        b"x = " + b"a." * 5000 + b"b",
        b"x = " + b"1 + " * 20_000 + b"1",
        b"".join(b" " * level + b"if x:\n" for level in range(99)) + b" " * 99 + b"pass\n",
        b"\xff\xfex\0",
        b"# coding: nothing\n",
        b"x = '\\ud800'\n",
        "x = '\ufeff'\n".encode("utf-16"),
        b"\0",
    ],
)
def test_no_source_is_too_deep_or_too_odd(tmp_path: Path, content: bytes) -> None:
    folder = whole_plugin(tmp_path)
    (folder / "tools" / "remember.py").write_bytes(content)
    check_plugin(folder)


_LARGE = 10_000_000


@pytest.mark.parametrize(
    "unit",
    [
        "a: 1\n",
        "- a\n",
        "[",
        "{a: ",
        "- ",
        "a" * 99 + "\n",
        "#",
        "\t",
        " ",
        "*a ",
        "&a ",
        '"',
        "? ",
    ],
)
def test_no_declaration_is_too_large(tmp_path: Path, unit: str) -> None:
    folder = whole_plugin(tmp_path)
    (folder / "tools" / "remember.yaml").write_text(unit * (_LARGE // len(unit)))
    started = time.monotonic()
    codes = {each.code for each in found(folder)}
    assert codes & {"DE602", "DE631"}
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("unit", ["- a\n", "a:\tb\n", "x: &a [*a]\n"])
def test_the_largest_that_is_looked_into_takes_seconds(tmp_path: Path, unit: str) -> None:
    folder = whole_plugin(tmp_path)
    (folder / "tools" / "remember.yaml").write_text(unit * (LARGEST // len(unit)))
    started = time.monotonic()
    assert found(folder)
    assert time.monotonic() - started < 30


def test_no_aliases_grow_without_an_end(tmp_path: Path) -> None:
    lines = ["a0: &a0 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    for name in _DECLARATIONS:
        folder = whole_plugin(tmp_path / name.replace("/", "-"))
        text = "\n".join(lines)
        change(folder, name, "", f"{text}\noutput_schema: *a29\nparameters: *a29\nlabel: *a29\n")
        assert found(folder)


def test_a_folder_stands_where_a_file_should(tmp_path: Path) -> None:
    for name in (*_DECLARATIONS[1:], *_SOURCES, "_assets/icon.svg", "README.md"):
        folder = whole_plugin(tmp_path / name.replace("/", "-"))
        (folder / name).unlink()
        (folder / name).mkdir()
        check_plugin(folder)


def test_a_link_leads_nowhere_or_in_a_circle(tmp_path: Path) -> None:
    for name in (*_DECLARATIONS[1:], *_SOURCES, "_assets/icon.svg", "README.md", ".difyignore"):
        for target in ("nowhere", Path(name).name):
            folder = whole_plugin(tmp_path / f"{name.replace('/', '-')}-{target}")
            (folder / name).unlink()
            (folder / name).symlink_to(target)
            check_plugin(folder)
    folder = whole_plugin(tmp_path / "circle")
    (folder / "tools" / "tools").symlink_to(folder)
    assert check_plugin(folder) == check_plugin(folder)


def test_a_source_is_a_pipe(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    os.mkfifo(folder / "tools" / "pipe.py")
    check_plugin(folder)


def test_a_file_cannot_be_read(tmp_path: Path) -> None:
    for name in (*_DECLARATIONS[1:], *_SOURCES, "README.md", ".difyignore"):
        folder = whole_plugin(tmp_path / name.replace("/", "-"))
        (folder / name).chmod(0)
        check_plugin(folder)


def test_a_name_can_be_anything_that_a_file_system_takes(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    for odd in (b"a\nb.py", b"a\nb.yaml", b"\xff.py", b"\xff.yaml", b" .py", b"'.md", b"-.svg"):
        for place in (b"", b"tools/", b"_assets/"):
            (folder / os.fsdecode(place + odd)).write_text("x = 1\n")
    for each in check_plugin(folder):
        str(each)


@pytest.mark.parametrize(
    "path",
    ["../x.yaml", "/etc/passwd", "a\0b", "x" * 5000, "/", ".", "", "~", "C:\\x.yaml", "\ud800"],
)
def test_a_path_can_lead_anywhere(tmp_path: Path, path: str) -> None:
    for name, old in (
        ("manifest.yaml", "provider/test.yaml"),
        ("manifest.yaml", "icon.svg"),
        ("manifest.yaml", "entrypoint: main"),
        ("provider/test.yaml", "tools/remember.yaml"),
        ("provider/test.yaml", "provider/test.py"),
        ("tools/remember.yaml", "tools/remember.py"),
        ("group/test.yaml", "endpoints/endpoint0.yaml"),
    ):
        folder = whole_plugin(tmp_path / str(abs(hash((name, old)))))
        quoted = '"' + path.encode("unicode_escape").decode().replace("\\x00", "\\0") + '"'
        new = f"entrypoint: {quoted}" if old.startswith("entrypoint") else quoted
        change(folder, name, old, new)
        check_plugin(folder)


def test_nothing_of_the_plugin_is_run(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path / "plugin")
    marker = tmp_path / "marker"
    for name in _SOURCES:
        path = folder / name
        path.write_text(f"open({str(marker)!r}, 'w').close()\n{path.read_text()}")
    for name in ("conftest.py", "sitecustomize.py", "yaml.py", "dify_plugin.py", "setup.py"):
        (folder / name).write_text(f"open({str(marker)!r}, 'w').close()\n")
    command = f"x: !!python/object/apply:os.system ['touch {marker}']\n"
    change(folder, "tools/remember.yaml", "identity:\n", f"{command}identity:\n")
    assert "DE602" in {each.code for each in found(folder)}
    assert not marker.exists()


def test_nothing_of_the_plugin_is_changed(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    change(folder, "tools/remember.yaml", "identity:\n", "x: !mine y\nidentity:\n")
    before = _listing(folder)
    check_plugin(folder)
    assert _listing(folder) == before


def test_a_folder_that_cannot_be_written_is_checked(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    folders = [folder, *(each for each in folder.rglob("*") if each.is_dir())]
    for each in folders:
        each.chmod(0o555)
    try:
        assert check_plugin(folder) == []
    finally:
        for each in folders:
            each.chmod(0o755)


def _listing(folder: Path) -> dict[str, tuple[int, int, int, bytes]]:
    listing = {}
    for path in sorted([folder, *folder.rglob("*")]):
        stat = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        listing[str(path)] = (stat.st_mode, stat.st_size, stat.st_mtime_ns, content)
    return listing
