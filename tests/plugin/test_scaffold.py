"""A new plugin: whole or not at all, nothing overwritten, and only what was asked for in it."""

import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from emulator.check.plugin_check import check_plugin
from emulator.errors import EmulatorError, UsageError
from emulator.plugin import scaffold, templates
from emulator.plugin.requirements import requirements_file
from emulator.plugin.scaffold import LANGUAGES, SDK_FOR_PYTHON, NewPlugin, make_plugin
from emulator.plugin.templates import TEMPLATES

SDK_PYTHONS = {"0.7.4": "3.11", "0.8.0": "3.12", "0.9.1": "3.12", "0.10.2": "3.12"}
"""The oldest Python of some releases of the SDK, as PyPI has it."""


def a_plugin(**options: Any) -> NewPlugin:
    given = {"name": "my-plugin", "author": "ada", "template": TEMPLATES["tool"], **options}
    return NewPlugin(**given)


def manifest_of(folder: Path) -> Any:
    return yaml.safe_load((folder / "manifest.yaml").read_text())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "my-plugin"


class TestWhatIsInIt:
    def test_the_name_is_the_plugins_and_its_files(self, folder: Path) -> None:
        files = make_plugin(folder, a_plugin())
        assert "provider/my_plugin.py" in files
        assert sorted(files) == sorted(
            str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
        )
        manifest = manifest_of(folder)
        assert (manifest["author"], manifest["name"]) == ("ada", "my-plugin")
        assert manifest["label"] == {"en_US": "My plugin"}
        assert manifest["plugins"] == {"tools": ["provider/my_plugin.yaml"]}

    @pytest.mark.parametrize("template", TEMPLATES)
    def test_nothing_of_the_templates_own_names_is_left(self, folder: Path, template: str) -> None:
        files = make_plugin(folder, a_plugin(template=TEMPLATES[template]))
        for name in files:
            text = f"{name} {(folder / name).read_text()}"
            assert not re.search("[Tt]emplate[-_ ](author|name|project)", text), name
            assert "2026-01-01" not in text, name

    @pytest.mark.parametrize(
        "name", ["123", "true", "null", "1e5", "0x1f", "-", "---", "class", "__init__", "n" * 128]
    )
    @pytest.mark.parametrize("author", ["1", "no", "template-name", "-"])
    def test_a_name_stays_text_whatever_yaml_might_take_it_for(
        self, folder: Path, name: str, author: str
    ) -> None:
        make_plugin(folder, a_plugin(name=name, author=author))
        manifest = manifest_of(folder)
        assert (manifest["author"], manifest["name"]) == (author, name)
        assert check_plugin(folder) == []

    @pytest.mark.parametrize("template", ["memory", "extension"])
    def test_it_may_store_as_much_as_was_asked_for(self, folder: Path, template: str) -> None:
        make_plugin(folder, a_plugin(template=TEMPLATES[template], storage_size=4096))
        storage = manifest_of(folder)["resource"]["permission"]["storage"]
        assert storage == {"enabled": True, "size": 4096}

    @pytest.mark.parametrize("size", [0, 1023, 1_073_741_825])
    def test_what_dify_would_refuse_is_refused(self, size: int) -> None:
        with pytest.raises(UsageError, match=r"1024 \(1 KiB\) to 1073741824 \(1 GiB\)"):
            a_plugin(storage_size=size)

    def test_labels_are_in_the_languages_that_were_asked_for(self, folder: Path) -> None:
        make_plugin(folder, a_plugin(languages=("ja_JP",)))
        assert set(manifest_of(folder)["label"]) == {"en_US", "ja_JP"}
        tool = yaml.safe_load((folder / "tools" / "word_count.yaml").read_text())
        assert set(tool["parameters"][0]["label"]) == {"en_US", "ja_JP"}

    def test_all_languages_are_all_of_the_template(self, folder: Path) -> None:
        make_plugin(folder, a_plugin(languages=LANGUAGES))
        assert set(manifest_of(folder)["label"]) == set(LANGUAGES)

    @pytest.mark.parametrize("python", SDK_FOR_PYTHON)
    def test_every_sdk_that_it_may_get_runs_on_its_python(self, folder: Path, python: str) -> None:
        make_plugin(folder, a_plugin(python=python))
        pyproject = requirements_file(folder).read_text()
        (requirement,) = (folder / "requirements.txt").read_text().split()
        assert f'requires-python = ">={python}"' in pyproject
        assert f'dependencies = ["{requirement}"]' in pyproject
        range_of_sdk: SpecifierSet = Requirement(requirement).specifier
        taken = [sdk for sdk in SDK_PYTHONS if sdk in range_of_sdk]
        assert all(float(SDK_PYTHONS[sdk][2:]) <= float(python[2:]) for sdk in taken)
        assert "0.7.4" in taken
        assert ("0.10.2" in taken) == (python == "3.12")

    def test_what_trying_the_template_out_has_left_is_not_taken_along(
        self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = make_plugin(tmp_path / "before", a_plugin())
        tried = tmp_path / "templates" / "tool"
        shutil.copytree(TEMPLATES["tool"].folder, tried)
        for name in (".dify-emulator/state.db", "tools/__pycache__/word_count.cpython-311.pyc"):
            (tried / name).parent.mkdir(exist_ok=True)
            (tried / name).write_bytes(b"\xff")
        (tried / "uv.lock").touch()
        monkeypatch.setattr(templates, "_SHIPPED", tmp_path / "templates")
        assert make_plugin(folder, a_plugin()) == before

    def test_others_may_read_it_as_the_umask_says(self, folder: Path) -> None:
        before = os.umask(0o022)
        try:
            make_plugin(folder, a_plugin())
        finally:
            os.umask(before)
        assert folder.stat().st_mode & 0o777 == 0o755
        assert (folder / "main.py").stat().st_mode & 0o777 == 0o644


class TestNothingIsOverwritten:
    def test_what_is_in_a_folder_stays(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "mine").write_text("of great value")
        with pytest.raises(UsageError, match="nothing is overwritten"):
            make_plugin(folder, a_plugin())
        assert [path.read_text() for path in folder.iterdir()] == ["of great value"]

    def test_a_file_stays(self, folder: Path) -> None:
        folder.write_text("of great value")
        with pytest.raises(UsageError, match="nothing is overwritten"):
            make_plugin(folder, a_plugin())
        assert folder.read_text() == "of great value"

    @pytest.mark.parametrize("target", ["nowhere", "empty"])
    def test_a_link_stays(self, folder: Path, target: str) -> None:
        (folder.parent / "empty").mkdir()
        folder.symlink_to(folder.parent / target)
        with pytest.raises(UsageError, match="nothing is overwritten"):
            make_plugin(folder, a_plugin())
        assert folder.is_symlink()
        assert not list((folder.parent / "empty").iterdir())

    def test_an_empty_folder_is_filled(self, folder: Path) -> None:
        folder.mkdir()
        make_plugin(folder, a_plugin())
        assert (folder / "manifest.yaml").exists()

    def test_of_many_at_once_one_makes_it(self, folder: Path) -> None:
        def attempt(author: str) -> str | None:
            try:
                make_plugin(folder, a_plugin(author=author))
            except UsageError:
                return None
            return author

        with ThreadPoolExecutor(8) as pool:
            made = [author for author in pool.map(attempt, "abcdefgh") if author]
        assert len(made) == 1
        assert manifest_of(folder)["author"] == made[0]
        assert list(folder.parent.iterdir()) == [folder]


class TestNothingHalf:
    def test_an_interruption_leaves_nothing(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupted(_: NewPlugin) -> Iterator[tuple[str, str]]:
            yield "manifest.yaml", "half"
            assert not folder.exists()
            raise KeyboardInterrupt

        monkeypatch.setattr(scaffold, "_files", interrupted)
        with pytest.raises(KeyboardInterrupt):
            make_plugin(folder, a_plugin())
        assert list(folder.parent.iterdir()) == []

    def test_where_nothing_can_be_written_it_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(EmulatorError, match="cannot be made: No such file or directory"):
            make_plugin(tmp_path / "not there" / "my-plugin", a_plugin())
