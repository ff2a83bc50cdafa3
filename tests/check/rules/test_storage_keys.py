"""Keys that Dify refuses, or keeps under another name."""

from pathlib import Path

import pytest

from tests.check.rules.tool_code import found_at, told, tool


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("'../x'", "path traversal attempt detected"),
        ("'v1..v2'", "path traversal attempt detected"),
        (r"'a\\b'", "path traversal attempt detected"),
        ("f'v1..{self}'", "path traversal attempt detected"),
        ("f'../{self}'", "path traversal attempt detected"),
        ("'../' + str(self)", "path traversal attempt detected"),
        ("''", "the key is empty"),
        ("7", "the key is an int, and has to be text"),
        ("None", "the key is None, and has to be text"),
        ("['k']", "the key is a list, and has to be text"),
        ("'" + "k" * 257 + "'", "key length must be less than 256 characters"),
        ("f'" + "k" * 257 + "{self}'", "key length must be less than 256 characters"),
        ("'" + "é" * 129 + "'", "key length must be less than 256 characters"),
        ("'" + "k" * 256 + "'", "longer than 255 bytes: 'file name too long'"),
        ("'k\\0'", "the key has a NUL byte"),
    ],
)
def test_a_key_that_is_refused(tmp_path: Path, key: str, why: str) -> None:
    folder = tool(tmp_path, f"self.session.storage.set({key}, b'v')")
    assert found_at(folder, "DE759") == ["6:34"]
    assert all(why in finding.message for finding in told(folder))


def test_only_set_minds_the_length(tmp_path: Path) -> None:
    key = "k" * 300
    assert told(tool(tmp_path, f"self.session.storage.exist('{key}')")) == []


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("'a//b'", "`'a/b'`"),
        ("'/a'", "`'a'`"),
        ("'a/'", "`'a'`"),
        ("'./a'", "`'a'`"),
        ("'a/../b'", "`'b'`"),
        ("f'{self}//b'", "`f'{...}/b'`"),
        ("f'/users/{self}'", "`f'users/{...}'`"),
        ("str(self) + '/'", "`f'{...}'`"),
    ],
)
def test_a_key_that_is_kept_under_another_name(tmp_path: Path, key: str, name: str) -> None:
    folder = tool(tmp_path, f"self.session.storage.get({key})")
    assert found_at(folder, "DE760") == ["6:34"]
    [finding] = told(folder)
    assert finding.message.endswith(f" as {name}")


@pytest.mark.parametrize("key", ["'.'", "'/'"])
def test_the_folder_of_all_keys(tmp_path: Path, key: str) -> None:
    [finding] = told(tool(tmp_path, f"self.session.storage.delete({key})"))
    assert (finding.code, str(finding.place)) == ("DE760", "tools/remember.py:6:37")
    assert "is the folder of all that the plugin has stored" in finding.message


@pytest.mark.parametrize(
    "key",
    ["'a/b'", "'a.b'", "f'{self}/x'", "f'{self}.{self}'", "self.key", "b'k'", "'é' * 9", "'k/…'"],
)
def test_other_keys_pass(tmp_path: Path, key: str) -> None:
    assert told(tool(tmp_path, f"self.session.storage.set({key}, b'v')")) == []


def test_a_constant_is_followed(tmp_path: Path) -> None:
    folder = tool(tmp_path, "self.session.storage.get(KEY)", above="KEY = 'a//b'")
    assert found_at(folder, "DE760") == ["6:34"]
