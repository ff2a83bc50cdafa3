"""The templates as they lie there: plugins that are right, alike in what they share."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from emulator.check.plugin_check import check_plugin
from emulator.plugin.scaffold import LANGUAGES, STORAGE_SIZE
from emulator.plugin.templates import TEMPLATES, Template
from tests.support.emulator import ROOT

FOLDERS = sorted(path.parent for path in (ROOT / "templates").glob("*/manifest.yaml"))
SHARED = ["main.py", ".difyignore", ".gitignore", ".env.example", "requirements.txt"]

each_template = pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))


def test_every_folder_is_a_template() -> None:
    assert [folder.name for folder in FOLDERS] == sorted(TEMPLATES)


@each_template
def test_check_finds_nothing(template: Template) -> None:
    assert check_plugin(template.folder) == []


@pytest.mark.parametrize("name", SHARED)
def test_what_they_share_is_the_same(name: str) -> None:
    texts = {(template.folder / name).read_text() for template in TEMPLATES.values()}
    assert len(texts) == 1


@each_template
def test_the_readme_begins_with_the_command_that_new_prints(template: Template) -> None:
    readme = (template.folder / "README.md").read_text()
    first = readme.partition("```sh\n")[2].partition("\n")[0].partition("  #")[0]
    assert first == f"dify-emulator {template.command}"
    assert ("cannot run" in readme) == bool(template.not_yet)
    assert template.not_yet in readme


@each_template
def test_every_label_is_in_all_languages_one_on_a_line(template: Template) -> None:
    for path in template.folder.rglob("*.yaml"):
        text = path.read_text()
        mappings = list(_mappings(yaml.safe_load(text)))
        labels = [each for each in mappings if "en_US" in each]
        assert all(set(each) == set(LANGUAGES) or _is_a_name(each["en_US"]) for each in labels), (
            path
        )
        lines = re.findall(r"^ *(?:zh_Hans|ja_JP|pt_BR): .+$", text, re.MULTILINE)
        assert len(lines) == sum(len(each) - 1 for each in labels), path
        # A text that went on in the next line would leave its end behind.
        without = re.sub(r"^ *(zh_Hans|ja_JP|pt_BR): .*\n", "", text, flags=re.MULTILINE)
        kept = [each for each in _mappings(yaml.safe_load(without)) if "en_US" in each]
        assert [each["en_US"] for each in kept] == [each["en_US"] for each in labels], path


@each_template
def test_storage_is_granted_where_it_is_used(template: Template) -> None:
    size = f"size: {STORAGE_SIZE}"
    assert (size in (template.folder / "manifest.yaml").read_text()) == template.stores


@each_template
def test_the_package_holds_what_runs_and_no_more(template: Template) -> None:
    ignored = (template.folder / ".difyignore").read_text().splitlines()
    assert {".dify-emulator/", ".venv/", ".git/", ".env", "tests/", "__pycache__/"} <= set(ignored)


def _mappings(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _mappings(each)


def _is_a_name(text: str) -> bool:
    """A file or a product: the same in all languages."""
    return Path(text).suffix == ".svg" or text == "Echo"
