"""Endpoint groups and endpoints: each rule, broken by one change to the smallest declaration."""

from pathlib import Path

import pytest

from emulator.plugin.endpoint import Endpoint, EndpointGroup
from tests.plugin.declared import changed, problems, read

GROUP = """\
settings:
- name: token
  type: secret-input
  required: true
  label: {en_US: Token}
endpoints: [endpoints/a.yaml]
"""
ENDPOINT = """\
path: /a/<b>
method: GET
extra: {python: {source: endpoints/a.py}}
"""
METHODS = ["HEAD", "GET", "POST", "PUT", "DELETE", "OPTIONS"]
TYPES = ["secret-input", "text-input", "select", "boolean", "app-selector", "model-selector"]
TYPES += ["array[tools]"]


def test_a_group_is_read_with_its_settings(tmp_path: Path) -> None:
    group = read(EndpointGroup, tmp_path, GROUP)
    assert group.endpoints == ["endpoints/a.yaml"]
    assert group.settings is not None
    (token,) = group.settings
    assert (token.name, token.type, token.required) == ("token", "secret-input", True)
    assert (token.default, token.options) == (None, None)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("endpoints: [endpoints/a.yaml]\n", "", "1:1: `endpoints` is missing",
                     id="no endpoints"),
        pytest.param("[endpoints/a.yaml]", "endpoints/a.yaml",
                     "6:1: `endpoints`: input should be a valid list", id="endpoints of no list"),
        pytest.param("- name: token\n  type", "- type", "2:3: `settings.0.name` is missing",
                     id="a setting without a name"),
        pytest.param("  type: secret-input\n", "", "2:3: `settings.0.type` is missing",
                     id="a setting without a type"),
        pytest.param("type: secret-input", "type: password",
                     "3:3: `settings.0.type` is 'password'; it can be "
                     f"{', '.join(map(repr, TYPES[:-1]))} or 'array[tools]'", id="a type of none"),
        pytest.param("required: true", "required: perhaps", "4:3: `settings.0.required`: "
                     "input should be a valid boolean, unable to interpret input",
                     id="neither required nor not"),
    ],
)  # fmt: skip
def test_a_rule_of_groups_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert problems(EndpointGroup, tmp_path, changed(GROUP, old, new)) == [told]


def test_settings_as_a_mapping_are_refused_whatever_the_docs_show(tmp_path: Path) -> None:
    text = "settings: {token: {type: secret-input}}\nendpoints: []\n"
    told = ["1:11: `settings`: input should be a valid list"]
    assert problems(EndpointGroup, tmp_path, text) == told


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_of_setting_is_taken(tmp_path: Path, kind: str) -> None:
    assert problems(EndpointGroup, tmp_path, changed(GROUP, "secret-input", kind)) == []


def test_a_group_may_go_without_settings(tmp_path: Path) -> None:
    assert read(EndpointGroup, tmp_path, "endpoints: []\n").settings is None


def test_an_endpoint_is_read(tmp_path: Path) -> None:
    endpoint = read(Endpoint, tmp_path, ENDPOINT)
    assert (endpoint.path, endpoint.method) == ("/a/<b>", "GET")
    assert endpoint.extra.python.source == "endpoints/a.py"


@pytest.mark.parametrize("method", METHODS)
def test_every_method_that_dify_routes_is_taken(tmp_path: Path, method: str) -> None:
    assert read(Endpoint, tmp_path, changed(ENDPOINT, "GET", method)).method == method


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("path: /a/<b>\n", "", "1:1: `path` is missing", id="no path"),
        pytest.param("/a/<b>", "''", "1:1: `path`: string should have at least 1 character",
                     id="an empty path"),
        pytest.param("method: GET\n", "", "1:1: `method` is missing", id="no method"),
        pytest.param("GET", "PATCH",
                     "2:1: `method` is 'PATCH'; it can be 'HEAD', 'GET', 'POST', 'PUT', 'DELETE' "
                     "or 'OPTIONS'", id="PATCH"),
        pytest.param("GET", "get",
                     "2:1: `method` is 'get'; it can be 'HEAD', 'GET', 'POST', 'PUT', 'DELETE' "
                     "or 'OPTIONS'", id="small letters"),
        pytest.param("extra: {python: {source: endpoints/a.py}}\n", "",
                     "1:1: `extra` is missing", id="no code"),
    ],
)  # fmt: skip
def test_a_rule_of_endpoints_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert problems(Endpoint, tmp_path, changed(ENDPOINT, old, new)) == [told]


def test_all_problems_of_an_endpoint_come_in_one_go(tmp_path: Path) -> None:
    told = problems(Endpoint, tmp_path, "path: ''\nmethod: X\nextra: {python: {source: ''}}\n")
    assert [line.partition(": ")[0] for line in told] == ["1:1", "2:1", "3:18"]
