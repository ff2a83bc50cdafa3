"""Seed files: what they say becomes bytes, and comes back as it was."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.errors import UsageError
from emulator.workspace.seeds import read_seed, write_seed


def seed_of(folder: Path, text: str) -> dict[str, bytes]:
    path = folder / "seed.yaml"
    path.write_text(text)
    return read_seed(path)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("text", b"text"),
        ("'1'", b"1"),
        ("1", b"1"),
        ("1.5", b"1.5"),
        ("true", b"true"),
        ("null", b"null"),
        ("{b: 1, a: [x, ü]}", '{"b":1,"a":["x","ü"]}'.encode()),
        ("[1, 2]", b"[1,2]"),
        ("{$base64: AAEC/w==}", b"\x00\x01\x02\xff"),
        ("{$hex: 00 ff}", b"\x00\xff"),
        ("{$file: data.bin}", b"from the file\x00"),
        ("''", b""),
        ("{}", b"{}"),
        ("|\n  two\n  lines\n", b"two\nlines\n"),
    ],
)
def test_a_value_becomes_these_bytes(tmp_path: Path, value: str, stored: bytes) -> None:
    (tmp_path / "data.bin").write_bytes(b"from the file\x00")
    assert seed_of(tmp_path, f"k: {value}") == {"k": stored}


def test_json_is_a_seed_too(tmp_path: Path) -> None:
    assert seed_of(tmp_path, '{"a/b": {"x": [1, null]}}') == {"a/b": b'{"x":[1,null]}'}


def test_an_empty_file_is_an_empty_seed(tmp_path: Path) -> None:
    assert seed_of(tmp_path, "# nothing yet\n") == {}


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("- a\n- b\n", ":1:1", "a mapping of keys to values"),
        ("a: 1\nb: [\n", ":3:1", "neither YAML nor JSON"),
        ("a: 1\n\tb: 2\n", ":2:1", "neither YAML nor JSON"),
        ("a: 1\na: 2\n", ":2:1", "stands here twice"),
        ("ok: 1\n5: x\n", ":2:4", "not text; put it in quotes"),
        ("k: {$base64: '*'}\n", ":1:4", r"\$base64"),
        ("k: {$hex: xyz}\n", ":1:4", r"\$hex"),
        ("k: {$file: nowhere.bin}\n", ":1:4", "No such file"),
        ("k: {$bytes: x}\n", ":1:4", r"\$bytes is not known"),
        ("k: {$base64: 5}\n", ":1:4", "takes text"),
        ("k: 2026-11-22\n", ":1:4", "put it in quotes"),
        ("'': x\n", ":1:5", "must not be empty"),
        ("k: .nan\n", ":1:4", "nan|Out of range"),
        ("k: &a [*a]\n", ":1:4", "."),
        ("k: !!python/object:os.system x\n", ":1:4", "."),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, text: str, place: str, says: str
) -> None:
    with pytest.raises(UsageError, match=says) as refusal:
        seed_of(tmp_path, text)
    assert f"seed.yaml{place}: " in str(refusal.value)
    assert refusal.value.advice == "Nothing was changed."


def test_a_missing_file_and_one_that_is_not_text_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such seed file"):
        read_seed(tmp_path / "none.yaml")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="UTF-8"):
        read_seed(tmp_path / "binary")


def test_json_text_is_written_so_that_people_can_edit_it(tmp_path: Path) -> None:
    text = write_seed([("user", b'{"name":"Ada","tags":["a"]}'), ("note", b"two\nlines\n")])
    assert text == "user:\n  name: Ada\n  tags:\n  - a\nnote: |\n  two\n  lines\n"


keys = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
json_text = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode())


@given(st.dictionaries(keys, st.binary() | st.text().map(str.encode) | json_text, max_size=8))
def test_what_export_writes_seed_restores_byte_for_byte(values: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seed.yaml"
        path.write_text(write_seed(values.items()), encoding="utf-8")
        assert read_seed(path) == values


@pytest.mark.parametrize(
    "value",
    [
        b'{"$base64": "AAEC"}',
        b'{"$base64":"AAEC"}',
        b"[1.0]",
        b'{"a":1e400}',
        b'{"b":1,"b":2}',
        b"\r\n \t",
        b"\xef\xbb\xbfbom",
        "\u2028\u0085".encode(),
        b"null",
        b"~",
        b"0x1F",
        b"2026-11-22",
        b"- x",
        b"[" * 2000,
    ],
)
def test_values_that_look_like_something_else_survive(tmp_path: Path, value: bytes) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(write_seed([("k", value)]), encoding="utf-8", newline="")
    assert read_seed(path) == {"k": value}
