"""Settings of an endpoint group: what Dify refuses, in its words, and what it does not fill in."""

from typing import Any

import pytest

from emulator.dify.dify_error import DifyError
from emulator.dify.settings import check_settings
from emulator.plugin.endpoint import EndpointGroup

MODEL = {"provider": "p", "model": "m", "model_type": "llm"}


def group(*settings: dict[str, Any]) -> EndpointGroup:
    return EndpointGroup.model_validate({"settings": list(settings), "endpoints": []})


def one(kind: str, **more: Any) -> EndpointGroup:
    return group({"name": "s", "type": kind, **more})


OPTIONS = [{"value": "a"}, {"value": 5}]


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("text-input", "text", None),
        ("text-input", "", None),
        ("text-input", 5, "is not a string"),
        ("text-input", ["a"], "is not a string"),
        ("secret-input", "text", None),
        ("secret-input", True, "is not a string"),
        ("select", "a", None),
        ("select", "5", None),
        ("select", "b", "is not a valid option"),
        ("select", "", "is not a valid option"),
        ("select", 5, "is not a string"),
        ("boolean", True, None),
        ("boolean", False, None),
        ("boolean", "true", "is not a boolean"),
        ("boolean", 1, "is not a boolean"),
        ("app-selector", {"app_id": "x"}, None),
        ("app-selector", {}, "is missing app_id"),
        ("app-selector", "x", "is not a map"),
        ("model-selector", MODEL, None),
        ("model-selector", {**MODEL, "more": 1}, None),
        ("model-selector", {"model": "m", "model_type": "llm"}, "is missing provider"),
        ("model-selector", {"provider": "p", "model_type": "llm"}, "is missing model"),
        ("model-selector", {"provider": "p", "model": "m"}, "is missing model_type"),
        ("model-selector", [], "is not a map"),
    ],
)
def test_a_value_is_held_against_its_type(kind: str, value: Any, says: str | None) -> None:
    declared = one(kind, options=OPTIONS)
    if says is None:
        assert check_settings(declared, {"s": value}) == []
        return
    with pytest.raises(DifyError) as refusal:
        check_settings(declared, {"s": value})
    assert str(refusal.value) == f"failed to validate settings: setting s {says}"


@pytest.mark.parametrize("given", [{}, {"s": None}], ids=["left out", "null"])
def test_a_required_setting_has_to_be_there(given: dict[str, Any]) -> None:
    with pytest.raises(DifyError) as refusal:
        check_settings(one("text-input", required=True, default="x"), given)
    assert str(refusal.value) == "failed to validate settings: missing required setting: s"


def test_an_empty_text_is_there() -> None:
    assert check_settings(one("text-input", required=True), {"s": ""}) == []


def test_the_first_that_is_wrong_is_told() -> None:
    declared = group(
        {"name": "a", "type": "boolean"},
        {"name": "b", "type": "text-input", "required": True},
        {"name": "c", "type": "boolean"},
    )
    with pytest.raises(DifyError, match="missing required setting: b"):
        check_settings(declared, {"c": "no boolean"})


@pytest.mark.parametrize(("count", "refused"), [(64, False), (65, True)])
def test_there_may_be_64_of_them(count: int, refused: bool) -> None:
    given = {f"s{number}": "x" for number in range(count)}
    if not refused:
        assert check_settings(group(), given) == []
        return
    with pytest.raises(DifyError, match="failed to validate settings: too many setting fields"):
        check_settings(group(), given)


def test_a_default_is_not_filled_in_and_that_is_told() -> None:
    declared = group(
        {"name": "a", "type": "text-input", "default": "x"},
        {"name": "b", "type": "boolean", "default": False},
        {"name": "c", "type": "text-input"},
        {"name": "d", "type": "text-input", "default": "x"},
    )
    given = {"d": "given"}
    notes = check_settings(declared, given)
    assert {note.code for note in notes} == {"DE404"}
    told = " ".join(note.happened for note in notes)
    assert ("a" in told, "b" in told) == (True, True)
    assert given == {"d": "given"}


def test_with_all_defaults_given_nothing_is_told() -> None:
    assert check_settings(one("text-input", default="x"), {"s": "y"}) == []


def test_a_group_without_settings_takes_everything() -> None:
    assert check_settings(EndpointGroup(endpoints=[]), {"any": 1}) == []
