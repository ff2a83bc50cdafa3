"""`repo`."""

from pathlib import Path

import pytest

from tests.check.checked import change, places, whole_plugin


def _with(folder: Path, repo: str) -> Path:
    change(whole_plugin(folder), "manifest.yaml", "type: plugin\n", f"type: plugin\nrepo: {repo}\n")
    return folder


@pytest.mark.parametrize(
    "repo",
    [
        "github.com/a/b",
        "a/b",
        "''",
        "git@github.com:a/b.git",
        "http://",
        "http:/x",
        "https:///x",
        "/x",
        "https://a b",
        "'  https://a'",
    ],
)
def test_what_is_no_url_is_refused(tmp_path: Path, repo: str) -> None:
    assert places(_with(tmp_path, repo), "DE635") == ["manifest.yaml:3:7"]


@pytest.mark.parametrize(
    "repo",
    [
        "https://github.com/a/b",
        "HTTP://X",
        "ssh://git@github.com/a",
        "mailto:a@b",
        "file:/x",
        "https:#f",
        "https:///x#f",
        "http://x?",
        "localhost:80",
        "~",
    ],
)
def test_what_is_one_is_not(tmp_path: Path, repo: str) -> None:
    assert places(_with(tmp_path, repo), "DE635") == []
