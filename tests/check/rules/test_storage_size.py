"""How much a plugin may store."""

from pathlib import Path

import pytest

from tests.check.checked import change, places, whole_plugin


@pytest.mark.parametrize(
    ("size", "count"),
    [("104857600", 0), ("104857601", 1), ("1073741824", 1), ("1073741825", 0), ("0x7000000", 1)],
)
def test_no_plugin_stores_more_than_the_daemon_allows(
    tmp_path: Path, size: str, count: int
) -> None:
    folder = whole_plugin(tmp_path)
    change(folder, "manifest.yaml", "1048576", size)
    assert places(folder, "DE637") == ["manifest.yaml:17:13"] * count
