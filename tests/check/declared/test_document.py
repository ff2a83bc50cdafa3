"""A declaration is read as the SDK and the packager would, and told who of them does not."""

from pathlib import Path

import pytest

from emulator.check.declared.document import LARGEST, Document, Unreadable, read_document
from emulator.check.findings import AT_LOAD, AT_PACKAGING, Finding

_BOTH = (AT_LOAD, AT_PACKAGING)


def _read(folder: Path, content: str | bytes) -> Document:
    (folder / "a.yaml").write_bytes(content.encode() if isinstance(content, str) else content)
    return read_document(folder, "a.yaml")


def _refused(folder: Path, content: str | bytes) -> Finding:
    with pytest.raises(Unreadable) as refused:
        _read(folder, content)
    return refused.value.finding


def _place(finding: Finding) -> tuple[int, int]:
    assert (finding.place.file, finding.code) == ("a.yaml", "DE602")
    return finding.place.line, finding.place.column


@pytest.mark.parametrize(
    "text",
    [
        "a: {b: c}\n",
        "---\na: {b: c}\n...\n",
        "\ufeffa: {b: c}\n",
        "a:\r\n  b: c\r\n",
        "%YAML 1.1\n---\na: {b: c}\n",
        "a: &x\n  b: c\nd: *x\n",
        "a:  # not \ta tab that matters\n  b: c\n",
        "x: &x {b: c}\na:\n  <<: *x\n",
    ],
)
def test_what_both_take_is_read(tmp_path: Path, text: str) -> None:
    assert _read(tmp_path, text).text("a", "b") == "c"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("a: 1\n\tb: 2\n", (2, 1)),
        ("a: [1\nb: 2\n", (2, 2)),
        ("a: b: c\n", (1, 5)),
        ("a: *nobody\n", (1, 4)),
        ("a: !x!y 1\n", (1, 4)),
        ("a: \x01\n", (1, 1)),
        ("a: \0\n", (1, 1)),
        ("a: b\nd: é".encode("latin-1"), (2, 4)),
        ("é: ".encode() + b"\xff", (1, 4)),
        ("- a\n", (1, 1)),
        ("text\n", (1, 1)),
        ("a: " + "[" * 20_000, (1, 1)),
    ],
)
def test_what_neither_takes_is_told_where_it_stands(
    tmp_path: Path, content: str | bytes, place: tuple[int, int]
) -> None:
    finding = _refused(tmp_path, content)
    assert _place(finding) == place
    assert finding.by == _BOTH


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("a:\tb\n", (1, 3)),
        ("a: [\n\t]\n", (2, 1)),
        ("", (1, 1)),
        ("a: 1\n---\nb: 2\n", (2, 1)),
        ("a: 1\n...\nb\n", (3, 1)),
        ("a: &x 1\nb: &x 2\n", (2, 4)),
        ("\ufeffa: 1\n".encode("utf-16-le"), (1, 1)),
    ],
)
def test_what_the_sdk_alone_refuses_is_laid_to_it(
    tmp_path: Path, content: str | bytes, place: tuple[int, int]
) -> None:
    finding = _refused(tmp_path, content)
    assert _place(finding) == place
    assert finding.by == (AT_LOAD,)


@pytest.mark.parametrize(
    ("text", "place"),
    [("%YAML 1.2\n---\na: 1\n", (1, 1)), ("# x\n%YAML 1.2\n---\na: 1\n", (2, 1))],
)
def test_a_newer_yaml_is_refused_by_the_packager(
    tmp_path: Path, text: str, place: tuple[int, int]
) -> None:
    finding = _refused(tmp_path, text)
    assert _place(finding) == place
    assert finding.by == (AT_PACKAGING,)


def test_an_unknown_directive_is_refused_by_the_packager(tmp_path: Path) -> None:
    assert _refused(tmp_path, "%FOO x\n---\na: 1\n").by == (AT_PACKAGING,)


def test_the_advice_says_what_to_do_with_tabs_and_documents(tmp_path: Path) -> None:
    assert "spaces" in _refused(tmp_path, "a:\tb\n").advice
    assert "spaces" in _refused(tmp_path, "a: 1\n\tb: 2\n").advice
    assert "one document" in _refused(tmp_path, "a: 1\n---\nb: 2\n").advice
    assert "UTF-8" in _refused(tmp_path, b"a: \xff").advice


def test_a_large_declaration_is_not_looked_into(tmp_path: Path) -> None:
    assert _read(tmp_path, "a: " + "x" * (LARGEST - 3)).text("a")
    finding = _refused(tmp_path, "a: " + "x" * (LARGEST - 2))
    assert (finding.code, str(finding.place)) == ("DE631", "a.yaml:1:1")


def test_a_folder_and_a_name_that_is_none_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("folder", "nothing", "a\0b", "a" * 5000):
        with pytest.raises(Unreadable, match="cannot be read"):
            read_document(tmp_path, name)


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        ("a: 1\n\tb: 2\n", "Write spaces in place of tabs."),
        ("a: x\n---\nb: 1\n", "Keep one document in the file: end it here."),
        ("a: Note: this\n", "Put quotes around text with `: ` in it"),
        ("a:\n  b: 1\n   c: 2\n", "indent the line as its neighbours are"),
        ("a:\n   b: 1\n  c: 2\n", "Indent the line as its neighbours are"),
        ("a: 'it's'\n", "mend the quotes before it"),
        ("a: - b\n", "Begin the list on a line of its own."),
        ('a: "b\n', "Close the quotes that are open."),
        ("a: @b\n", "Put quotes around text that begins with this character."),
        ("a: [1\nb: 2\n", "Mend the syntax here."),
    ],
)
def test_advice_fits_what_the_parser_says(tmp_path: Path, content: str, advice: str) -> None:
    assert advice in _refused(tmp_path, content).advice
