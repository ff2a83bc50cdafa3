"""The ignore file is read as the packager reads it; each line here was tried on the packager."""

import os
from pathlib import Path

import pytest

from emulator.check.package.ignore_file import IgnoreFile, read_ignore_file


def keeps_out(text: str, name: str) -> bool:
    return IgnoreFile(".difyignore", text).line_against(name) is not None


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("a", "a"),
        ("a", "x/a"),
        ("a", "a/x"),
        ("a/", "a/x"),
        ("*.py", "x/y.py"),
        ("**", "x"),
        ("/a", "a"),
        ("a/b", "a/b"),
        ("a/*", "a/b/c"),
        ("a/**", "a/b"),
        ("**/b", "a/b"),
        ("**/b", "b"),
        ("**/b/c", "x/b/c"),
        ("a/**/c", "a/c"),
        ("a/**/c", "a/b/b/c"),
        ("[^a]", "b"),
        ("[!a]", "!"),
        ("[a-c]x", "bx"),
        ("\\!a", "!a"),
        ("\\[a]", "[a]"),
        ("  a  ", "a"),
        ("a\r", "a"),
        ("?", "é"),
        ("a*", "a\nb"),
    ],
)
def test_a_line_keeps_out(pattern: str, name: str) -> None:
    assert keeps_out(pattern, name)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("", "a"),
        ("#a", "#a"),
        ("!a", "a"),
        ("!a", "!a"),
        ("a/", "a"),
        ("/a", "x/a"),
        ("a/b", "x/a/b"),
        ("a/b/", "a/b"),
        ("a/x**", "a/xy"),
        ("**/b/c", "b/x/b/c"),
        ("[!a]", "b"),
        ("[a", "[a"),
        ("[]a]", "a"),
        ("[a-]", "a"),
        ("[^]", "a"),
        ("[c-a]", "b"),
        ("a\\", "a"),
        ("a\\ ", "a "),
        ("A", "a"),
        ("/", "a"),
        ("*.py", "a.pyc"),
    ],
)
def test_a_line_does_not_keep_out(pattern: str, name: str) -> None:
    assert not keeps_out(pattern, name)


def test_nothing_is_taken_back() -> None:
    assert keeps_out("*.md\n!README.md", "README.md")


def test_the_line_that_keeps_a_file_out_is_known() -> None:
    ignore_file = IgnoreFile(".difyignore", "# first\n\nb/\na/\n*.py\n")
    line = ignore_file.line_against("a/x.py")
    assert line is not None
    assert (line.number, line.text) == (4, "a/")
    assert str(ignore_file.place(line)) == ".difyignore:4:1"


@pytest.mark.parametrize("text", ["a*\nb/\n", "x/y\n**/z/", "[ab]?\n\\*"])
def test_all_lines_at_once_say_what_each_of_them_says(text: str) -> None:
    ignore_file = IgnoreFile(".difyignore", text)
    for path in [("a",), ("b",), ("x", "y"), ("z",), ("ab",), ("*",), ("x", "z")]:
        for is_folder in (True, False):
            line = ignore_file.line_for(path, is_folder)
            assert ignore_file.excludes(path, is_folder) == (line is not None)


def test_the_gitignore_counts_only_without_a_difyignore(tmp_path: Path) -> None:
    assert read_ignore_file(tmp_path).name is None
    (tmp_path / ".gitignore").write_text("a\n")
    assert read_ignore_file(tmp_path).line_against("a")
    (tmp_path / ".difyignore").write_text("b\n")
    assert read_ignore_file(tmp_path).name == ".difyignore"
    assert not read_ignore_file(tmp_path).line_against("a")


def test_a_pipe_is_no_ignore_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".difyignore")
    (tmp_path / ".gitignore").write_text("build/\n")
    assert read_ignore_file(tmp_path).name == ".gitignore"
