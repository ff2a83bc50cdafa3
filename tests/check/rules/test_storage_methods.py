"""Methods and uses that the session's objects do not have."""

from pathlib import Path

import pytest

from tests.check.checked import found, places, write
from tests.check.rules.tool_code import found_at, told, tool


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("keys", "The storage cannot tell its keys"),
        ("scan_keys", "The storage cannot tell its keys"),
        ("has", "Write `exist`."),
        ("put", "Write `set`."),
        ("exists", "Write `exist`."),
        ("delet", "Did you mean 'delete'?"),
        ("flush", "It has `set`, `get`, `delete` and `exist`."),
    ],
)
def test_a_storage_method_that_there_is_not(tmp_path: Path, name: str, advice: str) -> None:
    folder = tool(tmp_path, f"self.session.storage.{name}('k')")
    [finding] = told(folder)
    assert (finding.code, str(finding.place)) == ("DE750", "tools/remember.py:6:9")
    assert finding.message.startswith(f"there is no method `{name}` on `session.storage`")
    assert finding.advice.startswith(advice)


@pytest.mark.parametrize("name", ["get", "exist", "delete", "_backwards_invoke", "session"])
def test_what_there_is_passes(tmp_path: Path, name: str) -> None:
    assert told(tool(tmp_path, f"self.session.storage.{name}('k')")) == []


def test_other_invocations_are_known_as_well(tmp_path: Path) -> None:
    folder = tool(tmp_path, "self.session.model.llm.stream()\nself.session.model.gpt.invoke()")
    assert found_at(folder, "DE750") == ["6:9", "7:9"]
    assert found(folder, "DE750")[0].advice == "It has `invoke`."
    assert "`llm`" in found(folder, "DE750")[1].advice


@pytest.mark.parametrize(
    "body",
    [
        "if hasattr(self.session.storage, 'keys'):\n    self.session.storage.keys()",
        "try:\n    self.session.storage.keys()\nexcept AttributeError:\n    pass",
        "self.session.storage.cache = {}",
    ],
    ids=["asked", "caught", "set"],
)
def test_what_the_code_expects_itself_is_not_told(tmp_path: Path, body: str) -> None:
    assert told(tool(tmp_path, body)) == []


@pytest.mark.parametrize(
    ("body", "column", "advice"),
    [
        ("self.session.storage['k'] = b'v'", 9, "storage.set(key, value)"),
        ("v = self.session.storage['k']", 13, "storage.get(key)"),
        ("del self.session.storage['k']", 13, "storage.delete(key)"),
        ("x = 'k' in self.session.storage", 20, "storage.exist(key)"),
        ("for key in self.session.storage:\n    pass", 20, "cannot tell its keys"),
        ("x = [key for key in self.session.storage]", 29, "cannot tell its keys"),
        ("x = len(self.session.storage)", 17, "cannot tell its keys"),
        ("self.session.model.summary('text')", 9, "Write `session.model.summary.invoke`."),
    ],
)
def test_a_use_that_they_are_not_made_for(
    tmp_path: Path, body: str, column: int, advice: str
) -> None:
    folder = tool(tmp_path, body)
    assert found_at(folder, "DE751") == [f"6:{column}"]
    [finding] = told(folder)
    assert advice in finding.advice


def test_a_function_of_ones_own_may_be_called_len(tmp_path: Path) -> None:
    folder = tool(tmp_path, "x = len(self.session.storage)", above="from sizes import len")
    assert found(folder, "DE751") == []


def test_an_answer_cannot_be_awaited(tmp_path: Path) -> None:
    body = "async def work():\n    await self.session.storage.get('k')\n    await other.get('k')"
    assert found_at(tool(tmp_path, body), "DE753") == ["7:13"]


def test_tests_of_the_plugin_are_not_read(tmp_path: Path) -> None:
    folder = tool(tmp_path, "pass")
    code = "from dify_plugin import Tool\n\nclass Fake(Tool):\n    def f(self):\n        "
    write(folder, "tests/fake.py", code + "self.session.storage.keys()\n")
    assert places(folder, "DE750") == []
    write(folder, "helpers/fake.py", code + "self.session.storage.keys()\n")
    assert places(folder, "DE750") == ["helpers/fake.py:5:9"]
