"""The state folder taken away under a running dev: it is told, and nothing waits for ever."""

import shutil
from pathlib import Path

from tests.dev.served import served, write_saying


def test_a_state_folder_that_is_taken_away_is_told_and_new_code_still_served(
    tmp_path: Path,
) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        plugin.says("one")
        shutil.rmtree(plugin.dev.state)
        told = plugin.dev.wait_for("refused")
        assert "has been taken away" in told["error"]["message"]
        plugin.save("two")
        plugin.loaded(2)
        plugin.says("two")
        plugin.save("three")
        plugin.loaded(3)
        plugin.says("three")
        assert len(plugin.dev.events("refused")) == 1
        assert plugin.dev.stop() == 130
