"""What makes a generation in a running ``dev``, and what does not."""

import os
import sys
from pathlib import Path

import pytest

from tests.dev.served import TOOL, Served, served, write_saying
from tests.support.plugin import write_plugin, write_yaml
from tests.support.waiting import wait_until

IGNORED = ".dify-emulator/x.py .venv/lib/x.py .git/x.py .idea/x.yaml __pycache__/x.py"
IGNORED += " tools/__pycache__/x.py node_modules/x.py my_venv/lib/x.py drafts/x.py tools/x_old.py"
IGNORED += " notes.txt README.md data/numbers.json"


def test_what_does_not_count_loads_nothing(tmp_path: Path) -> None:
    folder = write_saying(tmp_path / "plugin")
    write_yaml(folder / "dify-emulator.yaml", {"ignore": ["drafts/", "*_old.py"]})
    (folder / "my_venv").mkdir()
    (folder / "my_venv" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    with served(folder) as plugin:
        for text in ("x = 1\n", "x = 2\n"):
            for name in IGNORED.split():
                plugin.write(name, text)
        for name in IGNORED.split():
            (folder / name).unlink()
        assert plugin.next_change() == ["marker.py"]


@pytest.mark.parametrize("name", ["plugin", "link"])
def test_the_state_folder_does_not_count_wherever_it_is(tmp_path: Path, name: str) -> None:
    folder = write_saying(tmp_path / "plugin")
    (tmp_path / "link").symlink_to(folder)
    write_yaml(folder / "dify-emulator.yaml", {"watch": ["*.db*", "*.json", "*.yaml", "*lock"]})
    with served(tmp_path / name, state=tmp_path / name / "kept") as plugin:
        for _ in range(3):
            plugin.said()
        plugin.write("kept/seed.yaml", "a: b\n")
        assert plugin.next_change() == ["marker.py"]


def test_a_touch_without_a_change_loads_nothing(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        for name in (TOOL, "main.py", "manifest.yaml", "requirements.txt"):
            path = plugin.folder / name
            os.utime(path)
            path.open("a").close()
            path.write_bytes(path.read_bytes())
            path.chmod(0o600)
            path.rename(path.with_suffix(".away"))
            path.with_suffix(".away").rename(path)
        assert plugin.next_change() == ["marker.py"]


def test_what_is_changed_and_changed_back_loads_nothing_that_stays(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        plugin.save("two")
        plugin.save("one")
        plugin.next_change()
        assert plugin.said() == "one"


WRITES = """
import json, pathlib
folder = pathlib.Path("written")
folder.mkdir(exist_ok=True)
for name in ("note.txt", "data.json", "written/note.txt", "written/deep.json"):
    pathlib.Path(name).write_text(json.dumps(list(range(100))))
for name in ("same.yaml", "written/same.yaml"):
    pathlib.Path(name).write_text("a: b\\n")
yield self.create_text_message("written")
"""


def test_a_plugin_that_writes_into_its_folder_does_not_reload_itself(tmp_path: Path) -> None:
    folder = write_plugin(tmp_path / "plugin", tools={"say": WRITES})
    with served(folder, "--rerun", "none") as plugin:
        plugin.said()  # its yaml files are new: that is a change
        wait_until(lambda: {"same.yaml", "written/same.yaml"} <= changed_of(plugin))
        plugin.next_change()
        first = plugin.generation
        for _ in range(10):
            assert plugin.said() == "written"
        assert plugin.next_change() == ["marker.py"]
        assert plugin.generation == first + 1


def changed_of(plugin: Served) -> set[str]:
    return {name for event in plugin.dev.events("loaded") for name in event["changed"]}


CHANGING = """
import pathlib, time
pathlib.Path("cache.yaml").write_text(f"at: {time.time_ns()}")
"""


def test_a_plugin_that_changes_a_file_that_counts_whenever_it_is_loaded_still_answers(
    tmp_path: Path,
) -> None:
    folder = write_saying(tmp_path / "plugin")
    main = folder / "main.py"
    main.write_text(CHANGING + main.read_text())
    with served(folder) as plugin:
        assert plugin.said() == "one"
        plugin.save("two")
        plugin.says("two")


@pytest.mark.parametrize("name", ["prompts/first.txt", "words.txt", "deep/er/words.txt"])
def test_extra_files_count_when_they_are_watched(tmp_path: Path, name: str) -> None:
    body = f"yield self.create_text_message(open({name!r}).read())"
    folder = write_plugin(tmp_path / "plugin", tools={"say": body})
    write_yaml(folder / "dify-emulator.yaml", {"watch": ["*.txt"]})
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("one")
    with served(folder) as plugin:
        (folder / name).write_text("two")
        assert plugin.loaded(2)["changed"] == [name]


def test_what_is_ignored_follows_the_configuration(tmp_path: Path) -> None:
    folder = write_saying(tmp_path / "plugin")
    config = folder / "dify-emulator.yaml"
    write_yaml(config, {"ignore": ["drafts"]})
    (folder / "drafts").mkdir()
    with served(folder) as plugin:
        plugin.write("drafts/own.py", "value = 1\n")
        write_yaml(config, {"ignore": []})
        plugin.loaded(2)
        plugin.write("drafts/own.py", "value = 2\n")
        wait_until(lambda: plugin.dev.events("loaded")[-1]["changed"] == ["drafts/own.py"])
        before = plugin.generation
        write_yaml(config, {"ignore": ["drafts"]})
        plugin.loaded(before + 1)
        plugin.write("drafts/own.py", "value = 3\n")
        assert plugin.next_change() == ["marker.py"]


def test_without_watching_nothing_is_loaded_until_it_is_asked_for(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin"), "--no-watch") as plugin:
        plugin.save("two")
        assert plugin.said() == "one"
        assert len(plugin.dev.events("loaded")) == 1


def test_a_call_after_a_change_runs_it_whatever_the_folder_is_called(tmp_path: Path) -> None:
    folder = write_saying(tmp_path / "my plugin [new] é")
    with served(folder) as plugin:
        plugin.save("two")
        plugin.says("two")


def test_the_plugin_may_be_reached_by_a_link(tmp_path: Path) -> None:
    folder = write_saying(tmp_path / "real")
    (tmp_path / "link").symlink_to(folder)
    with served(tmp_path / "link") as plugin:
        assert plugin.said() == "one"
        (tmp_path / "link" / TOOL).write_text((folder / TOOL).read_text().replace("one", "two"))
        plugin.says("two")


@pytest.mark.skipif(sys.platform != "linux", reason="links are looked up otherwise")
def test_a_file_that_is_a_link_to_elsewhere_counts_when_its_target_changes(
    tmp_path: Path,
) -> None:
    folder = write_saying(tmp_path / "plugin")
    target = tmp_path / "shared.py"
    (folder / TOOL).rename(target)
    (folder / TOOL).symlink_to(target)
    with served(folder) as plugin:
        target.write_text(target.read_text().replace("one", "two"))
        plugin.says("two")
