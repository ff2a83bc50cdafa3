"""YAML with places: a problem names file, line and column; whatever is no mapping is refused."""

from pathlib import Path

import pytest

from emulator.plugin.yaml_file import BadYaml, PathInFile, YamlFile, read_yaml

TEXT = """\
name: plugin
label:
  en_US: Test

  "5": five
arch: [amd64, arm64]
steps:
  - one: 1
  - two: 2
  - plain
"""


def read(folder: Path, content: bytes) -> YamlFile:
    (folder / "file.yaml").write_bytes(content)
    return read_yaml(folder, "file.yaml")


@pytest.mark.parametrize(
    ("where", "line", "column"),
    [
        pytest.param((), 1, 1, id="the whole file"),
        pytest.param(("name",), 1, 1, id="a scalar is told by its key"),
        pytest.param(("label",), 3, 3, id="a mapping by its first line"),
        pytest.param(("label", "en_US"), 3, 3, id="a scalar in a mapping"),
        pytest.param(("label", "5"), 5, 3, id="a quoted key behind an empty line"),
        pytest.param(("label", 5), 5, 3, id="a number for a key"),
        pytest.param(("arch",), 6, 7, id="a list in brackets"),
        pytest.param(("arch", 1), 6, 15, id="an item in brackets"),
        pytest.param(("steps", 1), 9, 5, id="a mapping in a list"),
        pytest.param(("steps", 1, "two"), 9, 5, id="a scalar in a mapping in a list"),
        pytest.param(("steps", 2), 10, 5, id="a scalar in a list"),
        pytest.param(("label", "de_DE"), 3, 3, id="a missing key is told by its mapping"),
        pytest.param(("nothing", "at", 0, "all"), 1, 1, id="a missing branch by the file"),
        pytest.param(("steps", 7), 8, 3, id="an index too high by its list"),
        pytest.param(("steps", "two"), 8, 3, id="a name in a list by the list"),
        pytest.param(("name", "deeper"), 1, 1, id="a step into a scalar by the scalar"),
    ],
)
def test_a_problem_stands_at_its_value_or_at_the_nearest_thing_around_it(
    tmp_path: Path, where: PathInFile, line: int, column: int
) -> None:
    problem = read(tmp_path, TEXT.encode()).problem(where, "is wrong")
    assert str(problem) == f"file.yaml:{line}:{column}: is wrong"


def test_the_content_is_what_yaml_makes_of_it(tmp_path: Path) -> None:
    data = read(tmp_path, b"a: [1, 1.5, true, null, x]\n'5': {b: \xc3\xbc}\n").data
    assert data == {"a": [1, 1.5, True, None, "x"], "5": {"b": "ü"}}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xef\xbb\xbfa: 1\n", id="a byte order mark"),
        pytest.param(b"a: 1\r\n", id="lines of Windows"),
        pytest.param(b"---\na: 1\n...\n", id="a document between its marks"),
        pytest.param(b'{"a": 1}', id="JSON"),
    ],
)
def test_other_spellings_of_the_same_are_read(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content).data == {"a": 1}


def test_a_file_in_a_folder_below_is_named_as_the_plugin_names_it(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "a.yaml").write_text("x: 1\n")
    assert str(read_yaml(tmp_path, "tools/a.yaml").problem(("x",), "no")) == "tools/a.yaml:1:1: no"


@pytest.mark.parametrize(
    ("content", "place", "says"),
    [
        pytest.param(b"", "1:1", "a mapping of keys to values, is empty", id="nothing"),
        pytest.param(b"# later\n", "1:1", "is empty", id="only a comment"),
        pytest.param(b"- a\n- b\n", "1:1", "is a list", id="a list"),
        pytest.param(b"words\n", "1:1", "is a str", id="a text"),
        pytest.param(b"a: 1\n\tb: 2\n", "2:1", "a tab character", id="a tab"),
        pytest.param(b"a: 1\nb: [1,\n", "3:1", "is not YAML", id="an open bracket"),
        pytest.param(b'a: "x\n', "2:1", "unexpected end of stream", id="an open quote"),
        pytest.param(b"a: 1\n---\nb: 2\n", "2:1", "another document", id="two documents"),
        pytest.param(b"a: *x\n", "1:4", "undefined alias", id="an alias of nothing"),
        pytest.param(b"ok: 1\n{[1]: 2}: 3\n", "2:1", "is not YAML", id="a mapping for a key"),
        pytest.param(b"a: !!python/object:os.system x\n", "1:4", "python", id="a python object"),
        pytest.param(b"a: 2026-13-45\n", "1:1", "month must be in 1..12", id="a wrong date"),
        pytest.param(b"a: \xff\n", "1:1", "cannot be read as UTF-8 text", id="not UTF-8"),
        pytest.param("a: ü\n".encode("utf-16"), "1:1", "as UTF-8 text", id="UTF-16"),
        pytest.param(b"a: \x07\n", "1:1", "control characters", id="a control character"),
        pytest.param(b"a: " + b"[" * 3000, "2:1", "is not YAML", id="nested without end"),
    ],
)
def test_what_is_not_a_mapping_is_told_with_its_place(
    tmp_path: Path, content: bytes, place: str, says: str
) -> None:
    with pytest.raises(BadYaml) as refusal:
        read(tmp_path, content)
    told = str(refusal.value)
    assert told.startswith(f"file.yaml:{place}")
    assert says in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("none.yaml", "none.yaml:1:1: no such file", id="a file that is not there"),
        pytest.param("folder", "folder:1:1: cannot be read", id="a folder"),
        pytest.param("none/x.yaml", "none/x.yaml:1:1: no such file", id="no such folder"),
        pytest.param("a\0b", "cannot be read", id="a NUL in the name"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_name(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadYaml) as refusal:
        read_yaml(tmp_path, name)
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    ["a: " + "[" * 200_000, "a:\n" + "- " * 200_000 + "x", "{a: " * 150_000, "? " * 150_000],
    ids=["brackets", "dashes", "braces", "questions"],
)
def test_nesting_without_end_is_told_and_crashes_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "deep.yaml").write_text(text)
    with pytest.raises(BadYaml, match="levels deep"):
        read_yaml(tmp_path, "deep.yaml")
