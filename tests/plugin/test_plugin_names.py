"""Names of a new plugin: refused as the daemon does it, and made into what Python can import."""

import keyword
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.errors import UsageError
from emulator.plugin import plugin_names
from emulator.plugin.rules import NAME

LEGAL = st.from_regex(NAME, fullmatch=True)


@pytest.mark.parametrize("name", ["a", "my-plugin", "my_plugin", "3d", "-", "x" * 128])
def test_a_name_that_the_daemon_takes_is_taken(name: str) -> None:
    assert plugin_names.check_name(name) == name


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("MyPlugin", "myplugin"),
        ("my plugin", "my-plugin"),
        ("my.plugin", "my-plugin"),
        ("Übung/1", "ubung-1"),
        ("plugins/mine", "plugins-mine"),
        ("x" * 129, "x" * 128),
        ("my-plugin\n", "my-plugin"),
    ],
)
def test_another_is_refused_with_the_rule_and_what_to_write(name: str, instead: str) -> None:
    with pytest.raises(UsageError) as refused:
        plugin_names.check_name(name)
    assert "^[a-z0-9_-]{1,128}$" in refused.value.message
    assert refused.value.advice == f"Write {instead!r}, for example."


@pytest.mark.parametrize("name", ["", "日本", "..", "/"])
def test_where_nothing_is_left_of_it_nothing_is_proposed(name: str) -> None:
    with pytest.raises(UsageError) as refused:
        plugin_names.check_name(name)
    assert refused.value.advice == ""


@pytest.mark.parametrize("author", ["Ada", "ada lovelace", "x" * 65])
def test_an_author_has_a_rule_too(author: str) -> None:
    with pytest.raises(UsageError) as refused:
        plugin_names.check_author(author)
    assert "^[a-z0-9_-]{1,64}$" in refused.value.message


@pytest.mark.parametrize(
    "author", ["0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5bd9cb469fa16570867728950e"]
)
def test_an_author_is_no_uuid(author: str) -> None:
    with pytest.raises(UsageError, match="UUID"):
        plugin_names.check_author(author)


def test_both_have_to_fit_into_difys_database() -> None:
    plugin_names.check_together("n" * 128, "a" * 55)
    with pytest.raises(UsageError, match="184 characters together"):
        plugin_names.check_together("n" * 128, "a" * 56)


@pytest.mark.parametrize(
    ("name", "module", "project", "label"),
    [
        ("my-plugin", "my_plugin", "my-plugin", "My plugin"),
        ("3d", "plugin_3d", "3d", "3d"),
        ("class", "plugin_class", "class", "Class"),
        ("__init__", "init", "init", "Init"),
        ("-", "plugin", "plugin", "-"),
        ("_a--b_", "a_b", "a-b", "A b"),
    ],
)
def test_what_follows_from_a_name(name: str, module: str, project: str, label: str) -> None:
    assert plugin_names.module_name(name) == module
    assert plugin_names.project_name(name) == project
    assert plugin_names.label(name) == label


@given(LEGAL)
def test_any_name_makes_a_module_and_a_project(name: str) -> None:
    module = plugin_names.module_name(name)
    assert module.isidentifier()
    assert not keyword.iskeyword(module)
    assert len(f"provider/{module}.yaml") <= 128
    assert re.fullmatch("[a-z0-9]([a-z0-9-]*[a-z0-9])?", plugin_names.project_name(name))


@given(st.text(max_size=100))
def test_any_text_makes_a_legal_name_or_none(text: str) -> None:
    made = plugin_names.legal(text, 64)
    assert made == "" or re.fullmatch("[a-z0-9_-]{1,64}", made)
