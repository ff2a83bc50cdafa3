"""Which files of a folder make up a generation, and what has changed of them."""

import os
from pathlib import Path
from threading import Thread

import pytest

from emulator.dev.plugin_files import Contents, Kind, Reader, Watched, kind_of


def watched(folder: Path, *, extra: tuple[str, ...] = (), ignored: tuple[str, ...] = ()) -> Watched:
    return Watched(folder, folder / ".dify-emulator", extra, ignored)


def put(folder: Path, name: str, text: str = "x = 1\n") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def found(files: Watched) -> set[str]:
    return {name for name, _ in files.files()}


COUNTS = [
    "main.py",
    "tools/say.py",
    "deep/er/and/deeper.py",
    "manifest.yaml",
    "provider/test.yml",
    "requirements.txt",
    "pyproject.toml",
    "uv.lock",
    "dify-emulator.yaml",
    ".env",
]
DOES_NOT_COUNT = [
    "README.md",
    "_assets/icon.svg",
    "tools/notes.txt",
    "data.json",
    "tools/requirements.txt",
    "tools/.env",
    ".env.example",
    "state.db",
    "tools/say.pyc",
    "tools/.say.py.swp",
    "tools/say.py~",
    "4913",
    ".venv/lib/python3.12/site-packages/requests/api.py",
    ".git/hooks/check.py",
    ".dify-emulator/environments/abc/setup.py",
    ".idea/workspace.yaml",
    "tools/__pycache__/say.py",
    "node_modules/thing/build.py",
    "tools/node_modules/thing/build.py",
]


@pytest.mark.parametrize("name", COUNTS)
def test_code_declarations_and_requirements_count(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    assert watched(tmp_path).counts(name)
    assert found(watched(tmp_path)) == {name}


@pytest.mark.parametrize("name", DOES_NOT_COUNT)
def test_other_files_do_not(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    assert not watched(tmp_path).counts(name)
    assert found(watched(tmp_path)) == set()


def test_an_environment_does_not_count_whatever_it_is_called(tmp_path: Path) -> None:
    put(tmp_path, "my_environment/lib/thing.py")
    put(tmp_path, "tools/env/lib/thing.py")
    files = watched(tmp_path)
    assert found(files) == {"my_environment/lib/thing.py", "tools/env/lib/thing.py"}
    put(tmp_path, "my_environment/pyvenv.cfg")
    put(tmp_path, "tools/env/pyvenv.cfg")
    assert found(files) == set()
    assert not files.counts("my_environment/lib/thing.py")
    assert not files.counts("tools/env/lib/thing.py")


def test_the_state_folder_does_not_count_wherever_it_is(tmp_path: Path) -> None:
    put(tmp_path, "kept/state/seed.yaml")
    put(tmp_path, "kept/other.yaml")
    files = Watched(tmp_path, tmp_path / "kept" / "state")
    assert found(files) == {"kept/other.yaml"}
    assert not files.counts("kept/state/seed.yaml")


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("*.txt", "notes.txt"),
        ("*.txt", "deep/down/notes.txt"),
        ("prompts/*.md", "prompts/first.md"),
        ("prompts/*", "prompts/first"),
        ("data.json", "data.json"),
        ("data.json", "tools/data.json"),
    ],
)
def test_extra_patterns_make_other_files_count(tmp_path: Path, pattern: str, name: str) -> None:
    put(tmp_path, name)
    put(tmp_path, "other.bin")
    files = watched(tmp_path, extra=(pattern,))
    assert files.counts(name)
    assert found(files) == {name}


def test_extra_patterns_do_not_reach_into_folders_that_never_count(tmp_path: Path) -> None:
    for folder in (".venv", ".git", "__pycache__", "node_modules", ".dify-emulator"):
        put(tmp_path, f"{folder}/notes.txt")
    assert found(watched(tmp_path, extra=("*.txt",))) == set()


@pytest.mark.parametrize(
    ("pattern", "ignored", "kept"),
    [
        ("*_old.py", "tools/say_old.py", "tools/say.py"),
        ("tools/say.py", "tools/say.py", "say.py"),
        ("say.py", "tools/say.py", "tools/says.py"),
        ("drafts", "drafts/deep/x.py", "drafts.py"),
        ("drafts/", "drafts/deep/x.py", "drafts.py"),
        ("drafts/", "tools/drafts/x.py", "tools/x.py"),
        ("tools/drafts", "tools/drafts/x.py", "drafts/x.py"),
        ("*.yaml", "provider/test.yaml", "provider/test.yml"),
    ],
)
def test_ignored_files_and_folders_do_not_count(
    tmp_path: Path, pattern: str, ignored: str, kept: str
) -> None:
    put(tmp_path, ignored)
    put(tmp_path, kept)
    files = watched(tmp_path, ignored=(pattern,))
    assert found(files) == {kept}
    assert (files.counts(kept), files.counts(ignored)) == (True, False)


def test_what_is_ignored_does_not_count_though_it_is_watched_as_well(tmp_path: Path) -> None:
    put(tmp_path, "notes.txt")
    put(tmp_path, "old.txt")
    assert found(watched(tmp_path, extra=("*.txt",), ignored=("old.*",))) == {"notes.txt"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("tools/say.py", Kind.CODE),
        ("prompts/first.txt", Kind.CODE),
        ("tools/requirements.txt", Kind.CODE),
        ("tools/say.yaml", Kind.DECLARATIONS),
        ("tools/dify-emulator.yaml", Kind.DECLARATIONS),
        ("dify-emulator.yaml", Kind.CONFIGURATION),
        (".env", Kind.CONFIGURATION),
        ("requirements.txt", Kind.ENVIRONMENT),
        ("pyproject.toml", Kind.ENVIRONMENT),
        ("uv.lock", Kind.ENVIRONMENT),
    ],
)
def test_a_files_name_says_what_its_change_means(name: str, kind: Kind) -> None:
    assert kind_of(name) is kind


def test_sources_are_kept_and_of_the_rest_only_digests(tmp_path: Path) -> None:
    put(tmp_path, "main.py", "print('é')\n")
    put(tmp_path, "manifest.yaml", "author: tests\n" * 1000)
    contents = Reader(watched(tmp_path)).read()
    assert contents.sources == {"main.py": "print('é')\n".encode()}
    assert len(contents.others["manifest.yaml"]) <= 64


def test_files_that_came_went_or_are_different_have_changed(tmp_path: Path) -> None:
    for name in ("same.py", "same.yaml", "other.py", "other.yaml", "gone.py", "gone.yaml"):
        put(tmp_path, name)
    reader = Reader(watched(tmp_path))
    before = reader.read()
    assert before.changed_since(Contents()) == sorted(before.sources | before.others)
    assert reader.read().changed_since(before) == []
    put(tmp_path, "other.py", "x = 22\n")
    put(tmp_path, "other.yaml", "x: 22\n")
    put(tmp_path, "new.py")
    put(tmp_path, "same.yaml", "x = 1\n")
    (tmp_path / "gone.py").unlink()
    (tmp_path / "gone.yaml").unlink()
    changed = ["gone.py", "gone.yaml", "new.py", "other.py", "other.yaml"]
    assert reader.read().changed_since(before) == changed
    assert before.changed_since(reader.read()) == changed


def test_a_rename_is_a_file_that_went_and_one_that_came(tmp_path: Path) -> None:
    put(tmp_path, "old/one.py")
    reader = Reader(watched(tmp_path))
    before = reader.read()
    (tmp_path / "old").rename(tmp_path / "new")
    assert reader.read().changed_since(before) == ["new/one.py", "old/one.py"]


@pytest.mark.parametrize("name", ["tools/say.py", "tools/say.yaml", "notes.txt"])
def test_a_rewrite_of_equal_length_is_a_change(tmp_path: Path, name: str) -> None:
    path = put(tmp_path, name, "x = 1\n")
    reader = Reader(watched(tmp_path, extra=("*.txt",)))
    before = reader.read()
    for text in ("x = 2\n", "x = 3\n", "x = 1\n"):
        path.write_text(text)
        changed = reader.read(frozenset({name})).changed_since(before)
        assert changed == ([] if text == "x = 1\n" else [name])


@pytest.mark.parametrize("name", ["tools/say.py", "tools/say.yaml"])
def test_a_touched_file_is_read_though_its_stat_is_the_same(tmp_path: Path, name: str) -> None:
    path = put(tmp_path, name, "x = 1\n")
    reader = Reader(watched(tmp_path))
    before = reader.read()
    stat = path.stat()
    path.write_text("x = 2\n")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert reader.read(frozenset({"other.py"})).changed_since(before) == []
    assert reader.read(frozenset({name})).changed_since(before) == [name]


def test_a_file_that_only_has_a_new_time_has_not_changed(tmp_path: Path) -> None:
    path = put(tmp_path, "tools/say.py")
    reader = Reader(watched(tmp_path))
    before = reader.read()
    os.utime(path, ns=(1, 1))
    assert reader.read(frozenset({"tools/say.py"})).changed_since(before) == []


def test_links_to_files_are_followed_and_those_to_folders_or_nowhere_are_not(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "plugin"
    put(tmp_path, "elsewhere/common.py")
    put(folder, "main.py")
    (folder / "elsewhere").symlink_to(tmp_path / "elsewhere")
    (folder / "again").symlink_to(folder)
    (folder / "one.py").symlink_to(tmp_path / "elsewhere" / "common.py")
    (folder / ".#main.py").symlink_to("somebody@somewhere.1234")  # Emacs locks a file like this
    assert set(Reader(watched(folder)).read().sources) == {"main.py", "one.py"}


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    put(tmp_path, "main.py")
    (tmp_path / "folder.py").mkdir()
    os.mkfifo(tmp_path / ".env")  # reading it would wait for a writer
    reading = Thread(target=lambda: read.append(Reader(watched(tmp_path)).read()), daemon=True)
    read: list[Contents] = []
    reading.start()
    reading.join(10)
    assert [set(contents.sources | contents.others) for contents in read] == [{"main.py"}]
