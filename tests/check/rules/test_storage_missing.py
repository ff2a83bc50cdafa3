"""A key that is not there."""

from pathlib import Path

import pytest

from tests.check.rules.tool_code import found_at, told, tool

GET = "self.session.storage.get('k')"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (f"value = {GET}\nif value is None:\n    pass", "7:12"),
        (f"value = {GET}\nif value is not None:\n    pass", "7:12"),
        (f"value = {GET}\nif None == value:\n    pass", "7:12"),
        (f"if {GET} is None:\n    pass", "6:12"),
        (f"x = {GET} is not None", "6:13"),
        (f"value = {GET}\nif not value:\n    pass", "7:12"),
        (f"value = {GET}\nx = value.decode() if value else ''", "7:31"),
        (f"if value := {GET}:\n    pass", "6:12"),
        (f"x = {GET} or b''", "6:13"),
        (f"value = {GET}\nif value and self:\n    pass", "7:12"),
        (f"value = {GET}\nif self and value:\n    pass", "7:21"),
        (f"if {GET}:\n    pass", "6:12"),
        (f"value = {GET}\nx = bool(value)", "7:18"),
    ],
)
def test_get_tested_for_a_missing_key(tmp_path: Path, body: str, place: str) -> None:
    folder = tool(tmp_path, body)
    assert found_at(folder, "DE754") == [place]
    assert len(told(folder)) == 1


@pytest.mark.parametrize(
    "body",
    [
        f"value = {GET}\nif value == b'':\n    pass",
        f"value = None\nif self:\n    value = {GET}\nif value is None:\n    pass",
        f"try:\n    v = {GET}\nexcept Exception:\n    v = None\nif v is None:\n    pass",
        f"try:\n    value = {GET}\n    if not value:\n        return\nexcept:\n    return",
        f"try:\n    value = {GET}\n    x = value is None\nexcept BaseException:\n    return",
        f"with suppress(Exception):\n    if {GET}:\n        pass",
        f"if self.session.storage.exist('k'):\n    value = {GET}\n    if not value:\n        pass",
        f"if self.session.storage.exist('k'):\n    x = {GET} is None",
        f"self.session.storage.set('k', b'')\nif {GET}:\n    pass",
        f"def asks():\n    return self.session.storage.exist('k')\nif {GET}:\n    pass",
        f"x = self or {GET}",
        "value = self.cache.get('k')\nif value is None:\n    pass",
    ],
)
def test_what_is_meant_otherwise_or_does_no_harm(tmp_path: Path, body: str) -> None:
    assert told(tool(tmp_path, body)) == []


def test_one_that_only_another_error_guards_is_told(tmp_path: Path) -> None:
    body = f"try:\n    if {GET} is None:\n        pass\nexcept ValueError:\n    pass"
    assert found_at(tool(tmp_path, body), "DE754") == ["7:16"]


def test_a_key_that_is_never_made_is_told_though_the_exception_is_caught(tmp_path: Path) -> None:
    set_ = "self.session.storage.set('k', b'v')"
    body = f"try:\n    if {GET} is None:\n        {set_}\nexcept Exception:\n    "
    assert found_at(tool(tmp_path, body + "pass"), "DE754") == ["7:16"]
    assert told(tool(tmp_path, body + set_)) == []


def test_each_get_is_told_once(tmp_path: Path) -> None:
    body = f"value = {GET}\nif value is None:\n    pass\nx = value or b''"
    assert found_at(tool(tmp_path, body), "DE754") == ["7:12"]


@pytest.mark.parametrize(
    "error", ["KeyError", "StorageInvocationError", "(KeyError, AttributeError)"]
)
def test_an_except_that_catches_something_else(tmp_path: Path, error: str) -> None:
    body = f"try:\n    value = {GET}.decode()\nexcept {error}:\n    value = ''"
    assert found_at(tool(tmp_path, body), "DE755") == ["7:21"]
    assert len(told(tmp_path)) == 1


def test_an_except_around_delete(tmp_path: Path) -> None:
    body = "try:\n    self.session.storage.delete('k')\nexcept KeyError:\n    pass"
    assert found_at(tool(tmp_path, body), "DE755") == ["7:13"]


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        (f"value = {GET}", "Exception"),
        (f"value = {GET}", "(KeyError, Exception)"),
        (f"value = {GET}", "ValueError"),
        (f"value = json.loads({GET})['field']", "KeyError"),
        (f"value = parse({GET})", "KeyError"),
        (f"value = {GET}\n    x = self.table[value]", "KeyError"),
        ("self.session.storage.exist('k')", "KeyError"),
        (f"pass\nexcept KeyError:\n    pass\nelse:\n    x = {GET}\ntry:\n    pass", "KeyError"),
    ],
)
def test_an_except_that_is_for_something_else(tmp_path: Path, lines: str, error: str) -> None:
    assert told(tool(tmp_path, f"try:\n    {lines}\nexcept {error}:\n    pass")) == []
