"""What endpoints read of their group's settings and of their path."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.check.checked import change, found, places, whole_plugin
from tests.support.plugin import write_yaml

BODY = "return Response(storage.get('k'))"
"""What stands in line 10 of the endpoint."""


def endpoint(folder: Path, body: str, *settings: dict[str, Any], path: str = "/k") -> Path:
    """A plugin whose endpoint has this line, with these settings and this path."""
    whole_plugin(folder)
    change(folder, "endpoints/endpoint0.py", "class Endpoint(", "class Kept(")
    change(folder, "endpoints/endpoint0.py", BODY, body)
    change(folder, "endpoints/endpoint0.yaml", "/k", path)
    group = folder / "group" / "test.yaml"
    write_yaml(group, {**yaml.safe_load(group.read_text()), "settings": [*settings]})
    return folder


def setting(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "text-input", "label": {"en_US": name}, **more}


def test_a_setting_that_is_read_has_to_be_declared(tmp_path: Path) -> None:
    folder = endpoint(tmp_path, "return Response(settings.get('tokens'))", setting("token"))
    [finding] = found(folder, "DE726")
    assert str(finding.place) == "endpoints/endpoint0.py:10:38"
    assert (
        finding.message == "`tokens` is read, and group/test.yaml declares no setting of that name"
    )
    assert finding.advice == "Did you mean 'token'?"


def test_a_declared_setting_may_be_read(tmp_path: Path) -> None:
    folder = endpoint(
        tmp_path, "return Response(settings['token'])", setting("token", required=True)
    )
    assert found(folder, "DE726", "DE727", "DE728") == []


def test_a_declared_setting_has_to_be_read_by_an_endpoint(tmp_path: Path) -> None:
    folder = endpoint(tmp_path, "return Response(settings.get('a'))", setting("a"), setting("b"))
    assert places(folder, "DE727") == ["group/test.yaml:6:9"]


@pytest.mark.parametrize("body", ["return Response(**settings)", "return other(settings)"])
def test_a_setting_is_read_where_all_may_be(tmp_path: Path, body: str) -> None:
    assert found(endpoint(tmp_path, body, setting("a")), "DE727") == []


def test_a_setting_is_read_where_a_class_cannot_be_found(tmp_path: Path) -> None:
    folder = endpoint(tmp_path, "return Response(settings.get('a'))", setting("b"))
    change(folder, "endpoints/endpoint0.py", "(Endpoint)", "(Endpoint, unknown())")
    change(folder, "endpoints/endpoint0.py", "_invoke", "_other")
    assert found(folder, "DE726", "DE727") == []


def test_a_setting_that_may_be_left_out_has_no_default_at_run_time(tmp_path: Path) -> None:
    folder = endpoint(tmp_path, "return Response(settings['a'])", setting("a", default="x"))
    [finding] = found(folder, "DE728")
    assert str(finding.place) == "endpoints/endpoint0.py:10:34"
    assert finding.advice == "Write `.get('a')`, or declare it with `required: true`."


def test_a_value_that_is_read_has_to_be_in_the_path(tmp_path: Path) -> None:
    body = "return Response(values['id'])"
    assert found(endpoint(tmp_path / "with", body, path="/k/<int:id>"), "DE729") == []
    [finding] = found(endpoint(tmp_path / "without", body, path="/k/<ids>"), "DE729")
    assert str(finding.place) == "endpoints/endpoint0.py:10:32"
    assert finding.message == (
        "`id` is read, and the path in endpoints/endpoint0.yaml has no `<id>`"
    )


@pytest.mark.parametrize(
    "path", ["/<id>", "/a-<path:id>", "/<any('a', b):id>", "/<string(length=2):id>/x"]
)
def test_a_path_names_its_values_in_the_ways_of_werkzeug(tmp_path: Path, path: str) -> None:
    assert found(endpoint(tmp_path, "return Response(values['id'])", path=path), "DE729") == []
