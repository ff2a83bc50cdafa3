"""However a file is saved, the next call runs what it says then."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.dev.served import TOOL, Served, fresh_inode, saying, served, write_saying
from tests.support.waiting import wait_until

Save = Callable[[Served, str], None]


def in_place(plugin: Served, text: str) -> None:
    plugin.save(text)


def rename_over(plugin: Served, text: str) -> None:
    fresh_inode(plugin.folder / TOOL, saying(text))


def vim(plugin: Served, text: str) -> None:
    """With backupcopy=no: tries whether it can write there, then renames the original away."""
    path = plugin.folder / TOOL
    swap, backup, trial = path.with_name(".say.py.swp"), path.with_name("say.py~"), "4913"
    swap.write_text("swap")
    path.with_name(trial).write_text("")
    path.with_name(trial).unlink()
    path.rename(backup)
    path.write_text(saying(text))
    backup.unlink()
    swap.unlink()


def swapped_files(plugin: Served, text: str) -> None:
    """Two files change places."""
    path = plugin.folder / TOOL
    new, between = path.with_name("new.txt"), path.with_name("between.txt")
    new.write_text(saying(text))
    path.rename(between)
    new.rename(path)
    between.rename(new)


def moved_in_from_outside(plugin: Served, text: str) -> None:
    """From a folder that is not watched."""
    new = plugin.folder.parent / "elsewhere.py"
    new.write_text(saying(text))
    new.rename(plugin.folder / TOOL)


def deleted_and_written(plugin: Served, text: str) -> None:
    (plugin.folder / TOOL).unlink()
    plugin.save(text)


def copied_with_its_times(plugin: Served, text: str) -> None:
    """Times and size are those of the file before."""
    path = plugin.folder / TOOL
    stat = path.stat()
    new = path.with_name("say.new")
    new.write_text(saying(text))
    os.utime(new, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    shutil.copy2(new, path)
    new.unlink()


def by_a_link(plugin: Served, text: str) -> None:
    new = plugin.folder / "tools" / f"version_{text}.txt"
    new.write_text(saying(text))
    link = plugin.folder / "tools" / "link"
    link.symlink_to(new)
    link.replace(plugin.folder / TOOL)


WAYS = [
    in_place,
    rename_over,
    vim,
    swapped_files,
    moved_in_from_outside,
    deleted_and_written,
    copied_with_its_times,
    by_a_link,
]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One dev for all ways to save."""
    with served(write_saying(tmp_path_factory.mktemp("saved") / "plugin")) as plugin:
        yield plugin


@pytest.mark.parametrize("save", WAYS, ids=lambda save: save.__name__.replace("_", " "))
def test_however_a_file_is_saved_the_next_call_runs_it(saved: Served, save: Save) -> None:
    for text in ("two", "red", "six"):  # of equal length
        save(saved, text)
        saved.says(text)
    assert saved.dev.events("died") == []


def test_a_file_that_is_emptied_and_then_written_ends_well(tmp_path: Path) -> None:
    with (
        served(write_saying(tmp_path / "plugin")) as plugin,
        (plugin.folder / TOOL).open("w") as file,
    ):
        assert "Missing subclass of Tool" in plugin.broken()["error"]["message"]
        half = saying("two")[:60]
        file.write(half)
        file.flush()
        plugin.broken(2)
        file.write(saying("two")[60:])
        file.flush()
        plugin.says("two")
        assert plugin.generation == 2


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=one"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def test_a_checkout_of_many_files_is_one_change_and_never_a_broken_one(tmp_path: Path) -> None:
    folder = write_saying(tmp_path / "plugin")

    def write_version(number: int) -> None:
        names = [f"part_{part}" for part in range(100)]
        for name in names:
            check = f"assert number == {number}\n" if name == "part_0" else ""
            (folder / f"{name}.py").write_text(f"number = {number}\n{check}")
        lines = [f"from {name} import number as {name}" for name in names]
        lines.append(f"assert {{{', '.join(names)}}} == {{{number}}}")
        (folder / TOOL).write_text(saying(f"version {number}", "\n".join(lines)))
        git(folder, "add", "--all")
        git(folder, "commit", "-m", f"version {number}")
        git(folder, "branch", f"version-{number}")

    git(folder, "init")
    write_version(1)
    write_version(2)
    with served(folder) as plugin:
        for number in (1, 2, 1):
            git(folder, "checkout", f"version-{number}")
            plugin.says(f"version {number}")
        assert plugin.dev.events("broken") == []
        assert plugin.generation <= 6
        assert ".git" not in str(plugin.dev.events("loaded"))


def test_a_file_that_is_deleted_breaks_and_restored_mends(tmp_path: Path) -> None:
    folder = write_saying(tmp_path / "plugin")
    (folder / "own.py").write_text("value = 1\n")
    (folder / TOOL).write_text(saying("one", "import own"))
    with served(folder) as plugin:
        path = folder / "own.py"
        text = path.read_text()
        path.unlink()
        event = plugin.broken()
        assert event["error"]["message"].startswith("tools/say.py:2: ModuleNotFoundError")
        assert event["changed"] == ["own.py"]
        path.write_text(text)
        plugin.dev.wait_for("mended")
        assert (plugin.said(), plugin.generation) == ("one", 1)


def test_a_new_folder_with_a_module_can_be_imported_and_edited(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        for depth, name in enumerate(["fresh", "tools/fresh", "fresh/deep/er"]):
            module = name.replace("/", ".")
            new = plugin.write(f"{name}/own.py", f"value = 'first {depth}'\n")
            code = saying("?", f"from {module} import own").replace("'?'", "own.value")
            plugin.write(TOOL, code)
            plugin.says(f"first {depth}")
            new.write_text(f"value = 'edited {depth}'\n")
            plugin.says(f"edited {depth}")


def test_a_renamed_folder_is_followed(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        plugin.write("old/own.py", "value = 'in old'\n")
        code = saying("?", "from old import own").replace("'?'", "own.value")
        plugin.write(TOOL, code)
        plugin.says("in old")
        (plugin.folder / "old").rename(plugin.folder / "new")
        message = plugin.broken()["error"]["message"]
        assert "No module named 'old" in message or "cannot import name 'own'" in message
        plugin.write(TOOL, code.replace("from old", "from new"))
        plugin.says("in old")
        plugin.write("new/own.py", "value = 'in new'\n")
        plugin.says("in new")
        (plugin.folder / "new").rename(plugin.folder / "old")
        plugin.write(TOOL, code)
        plugin.write("old/own.py", "value = 'back in old'\n")
        plugin.says("back in old")


def test_the_folder_can_be_put_in_the_place_of_another(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        shutil.copytree(plugin.folder / "tools", plugin.folder / "tools_new")
        (plugin.folder / "tools_new" / "say.py").write_text(saying("two"))
        (plugin.folder / "tools").rename(plugin.folder / "tools_old")
        (plugin.folder / "tools_new").rename(plugin.folder / "tools")
        plugin.says("two")
        plugin.save("six")
        plugin.says("six")


def test_saves_in_a_burst_are_one_change(tmp_path: Path) -> None:
    with served(write_saying(tmp_path / "plugin")) as plugin:
        for number in range(50):
            plugin.write(f"part_{number}.py", f"number = {number}\n")
        plugin.save("two")
        plugin.says("two")
        wait_until(lambda: len(changed_of(plugin)) == 51)
        assert plugin.generation <= 4


def changed_of(plugin: Served) -> set[str]:
    return {name for event in plugin.dev.events("loaded") for name in event["changed"]}
