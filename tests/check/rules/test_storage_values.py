"""What `set` is given, and what is done with what `get` gives back."""

from pathlib import Path

import pytest

from tests.check.rules.tool_code import found_at, told, tool


@pytest.mark.parametrize(
    ("value", "what", "advice"),
    [
        ("'v'", "a str where it takes bytes", "Write `'v'.encode()`."),
        ("f'{self}'", "a str where it takes bytes", "Write `f'{self}'.encode()`."),
        ("'a' + str(1)", "a str where it takes bytes", "Write `('a' + str(1)).encode()`."),
        ("json.dumps([1])", "a str where it takes bytes", "Write `json.dumps([1]).encode()`."),
        ("b'v'.decode()", "a str where it takes bytes", "Write `b'v'.decode().encode()`."),
        ("self.x.decode('utf-8')", "a str where it", "Write `self.x.decode('utf-8').encode()`."),
        ("', '.join(self.names)", "a str where it", "Write `', '.join(self.names).encode()`."),
        ("1", "an int where it takes bytes", "Write `str(1).encode()`."),
        ("{'a': 1}", "a dict where it takes bytes", "Write `json.dumps({'a': 1}).encode()`."),
        ("[*self.x]", "a list where it takes bytes", "Write `json.dumps([*self.x]).encode()`."),
        ("None", "None where it takes bytes", "Delete the key, or keep an empty value: `b''`."),
        ("'v' if self else 'w'", "a str where", "Write `('v' if self else 'w').encode()`."),
        ("tool_parameters['x']", "a parameter of", "Write `str(tool_parameters['x']).encode()`."),
        ("tool_parameters.get('x', '')", "a parameter of the tool, which is never bytes", "Write"),
    ],
)
def test_what_is_not_bytes(tmp_path: Path, value: str, what: str, advice: str) -> None:
    folder = tool(tmp_path, f"self.session.storage.set('k', {value})", above="import json")
    assert found_at(folder, "DE756") == ["6:39"]
    [finding] = told(folder)
    assert finding.message.startswith(f"`storage.set` is given {what}")
    assert finding.advice.startswith(advice)


@pytest.mark.parametrize(
    "value",
    [
        "b'v'",
        "'v'.encode()",
        "json.dumps([1]).encode()",
        "bytes(3)",
        "self.value",
        "str(b'v') if self else b'v'",
        "self.token.decode()",
        "tool_parameters.get('x', b'')",
        "tool_parameters['x'].encode()",
        "tool_parameters['file'].blob",
        "other.dumps([1])",
    ],
)
def test_bytes_and_what_may_be(tmp_path: Path, value: str) -> None:
    folder = tool(tmp_path, f"self.session.storage.set('k', {value})", above="import json, other")
    assert told(folder) == []


def test_a_variable_is_followed(tmp_path: Path) -> None:
    body = """
        text = "v"
        self.session.storage.set("k", text)
        data = "v"
        if isinstance(data, str):
            data = data.encode()
        self.session.storage.set("k", val=data)
        """
    assert found_at(tool(tmp_path, body), "DE756") == ["7:39"]


def test_what_is_bound_in_other_ways_is_not_followed(tmp_path: Path) -> None:
    use = "self.session.storage.set('k', text)"
    assert told(tool(tmp_path, f"text = 'v'\nfor text in self.all:\n    {use}")) == []
    shared = "def change():\n    global TEXT\n    TEXT = b'v'\n"
    body = f"{shared}self.session.storage.set('k', TEXT)"
    assert told(tool(tmp_path, body, above="TEXT = 'v'")) == []
    assert found_at(tool(tmp_path, use.replace("text", "TEXT"), "TEXT = 'v'"), "DE756") == ["6:39"]


def test_a_builtin_that_is_hidden_is_not_known(tmp_path: Path) -> None:
    above = "from texts import str, json"
    assert told(tool(tmp_path, "self.session.storage.set('k', str(1))", above)) == []
    assert told(tool(tmp_path, "self.session.storage.set('k', json.dumps(1))", above)) == []


def test_parameters_that_the_plugin_fills_itself_may_be_bytes(tmp_path: Path) -> None:
    use = "self.session.storage.set('k', tool_parameters['x'])"
    assert found_at(tool(tmp_path, use), "DE756") == ["6:39"]
    assert told(tool(tmp_path, f"tool_parameters['x'] = b'v'\n{use}")) == []
    assert told(tool(tmp_path, f"{use}\nOther()._invoke({{'x': b'v'}})")) == []


def test_a_type_error_that_is_caught_is_not_told(tmp_path: Path) -> None:
    body = "try:\n    self.session.storage.set('k', 'v')\nexcept TypeError:\n    pass"
    assert told(tool(tmp_path, body)) == []


@pytest.mark.parametrize(
    ("use", "column", "what"),
    [
        ("value.split(',')", 9, "its `split` does not take text: TypeError"),
        ("value.encode()", 9, "it has no `encode`: AttributeError"),
        ("value + 'x'", 9, "no text can be added to it: TypeError"),
        ("'x' + value", 15, "no text can be added to it: TypeError"),
        ("'x' in value", 16, "no text is looked for in it: TypeError"),
        ("value['name']", 9, "it has no fields: TypeError"),
    ],
)
def test_bytes_taken_for_text(tmp_path: Path, use: str, column: int, what: str) -> None:
    folder = tool(tmp_path, f"value = self.session.storage.get('k')\n{use}")
    assert found_at(folder, "DE757") == [f"7:{column}"]
    [finding] = told(folder)
    assert finding.message == f"what `storage.get` gives back is bytes: {what}"


@pytest.mark.parametrize(
    "use",
    [
        "value.split(b',')",
        "value.split()",
        "value.decode().split(',')",
        "value + b'x'",
        "value[0]",
        "json.loads(value)",
        "value.split(',') if isinstance(value, str) else value",
        "value == b'x'",
    ],
)
def test_bytes_taken_for_bytes(tmp_path: Path, use: str) -> None:
    assert told(tool(tmp_path, f"value = self.session.storage.get('k')\n{use}")) == []


def test_what_else_may_be_in_a_variable_counts(tmp_path: Path) -> None:
    body = """
        value = self.session.storage.get("k")
        value = value.decode()
        value.split(",")
        """
    assert told(tool(tmp_path, body)) == []


def test_no_text_equals_bytes(tmp_path: Path) -> None:
    body = """
        value = self.session.storage.get("k")
        value == "on"
        "on" != self.session.storage.get("k")
        value.decode() == "on"
        """
    assert found_at(tool(tmp_path, body), "DE758") == ["7:9", "8:17"]
