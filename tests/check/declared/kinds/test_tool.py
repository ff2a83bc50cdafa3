"""Tools and their providers."""

from pathlib import Path

import pytest

from tests.check.shaped import plugin, told, told_after

_PROVIDER = """\
    identity:
      author: tests
      name: test
      label: {en_US: Test}
      description: {en_US: Test}
      icon: icon.svg
      tags: [search]
    credentials_for_provider:
      key:
        type: secret-input
        label: {en_US: Key}
    oauth_schema:
      client_schema: []
    tools: [tools/t.yaml]
    extra: {python: {source: provider/p.py}}
    """
_TOOL = """\
    identity:
      author: tests
      name: tool
      label: {en_US: Tool}
    description:
      human: {en_US: Does}
      llm: does
    parameters:
      - name: query
        type: string
        form: llm
        label: {en_US: Query}
        human_description: {en_US: Asked}
        options: [{value: 3, label: {en_US: Three}}]
    output_schema: {type: object}
    extra: {python: {source: tools/t.py}}
    """
_P, _T = "provider/p.yaml", "tools/t.yaml"
LOAD, PACKAGING, DEBUGGING = "SDK at load", "packager at packaging", "daemon at remote debugging"


def _plugin(folder: Path) -> Path:
    return plugin(folder, "tools", {_P: _PROVIDER, _T: _TOOL})


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name: tool", "name: a tool", f"3:9 DE612 [{DEBUGGING}]"),
        ("llm: does", "llm: ''", f"7:8 DE605 [{DEBUGGING}]"),
        ("  llm: does\n", "", f"6:3 DE605 [{LOAD}, {DEBUGGING}]"),
        ("type: string", "type: text-input", f"10:11 DE611 [{LOAD}, {DEBUGGING}]"),
        ("form: llm", "form: LLM", f"11:11 DE611 [{LOAD}, {DEBUGGING}]"),
        ("form: llm", "form: llm\n    required: 'true'", f"12:15 DE604 [{PACKAGING}]"),
        ("form: llm", "form: llm\n    default: 2024-01-01", f"12:14 DE604 [{LOAD}]"),
        ("en_US: Query", "zh_Hans: Query", f"12:12 DE605 [{LOAD}, {DEBUGGING}]"),
        ("value: 3, ", "", f"14:15 DE605 [{LOAD}, {DEBUGGING}]"),
        ("value: 3", "value: ''", f"14:23 DE605 [{DEBUGGING}]"),
        ("{type: object}", "[object]", f"15:16 DE604 [{LOAD}, {PACKAGING}]"),
        ("{source: tools/t.py}", "{}", f"16:17 DE605 [{LOAD}]"),
    ],
)
def test_a_tool(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert told_after(_plugin(tmp_path), _T, old, new) == [f"{_T}:{expected}"]


def test_a_description_under_the_identity(tmp_path: Path) -> None:
    """Seen in a published plugin: the SDK says no more than KeyError: 'description'."""
    old = "description:\n  human: {en_US: Does}\n  llm: does\n"
    new = "  description:\n    human: {en_US: Does}\n    llm: does\n"
    assert told_after(_plugin(tmp_path), _T, old, new) == [f"{_T}:5:3 DE607 [{LOAD}, {DEBUGGING}]"]


@pytest.mark.parametrize("nothing", ["", " ~", " {}", " ''", " false"])
def test_no_parameters(tmp_path: Path, nothing: str) -> None:
    """The SDK has `file.get("parameters") or []`; Go wants a list."""
    (text,) = [f"parameters:{nothing}\noutput_schema:"]
    folder = _plugin(tmp_path)
    tool = (folder / _T).read_text()
    start, end = tool.index("parameters:"), tool.index("output_schema:")
    (folder / _T).write_text(tool[:start] + text + tool[end + len("output_schema:") :])
    expected = [f"{_T}:8:13 DE604 [{PACKAGING}]"] if nothing.strip() not in ("", "~") else []
    assert told(folder) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("tags: [search]", "tags: [agent]", f"7:10 DE611 [{LOAD}]"),
        ("tags: [search]", "tags: [tools]", f"7:10 DE611 [{LOAD}, {DEBUGGING}]"),
        ("icon: icon.svg", "icon: ''", f"6:9 DE605 [{DEBUGGING}]"),
        ("type: secret-input", "type: string", f"10:11 DE611 [{LOAD}, {DEBUGGING}]"),
        ("client_schema: []", "client_schema: {}", f"13:18 DE604 [{LOAD}, {PACKAGING}]"),
        ("tools: [tools/t.yaml]", "tools: tools/t.yaml", f"14:8 DE604 [{LOAD}]"),
        ("tools: [tools/t.yaml]", "tools: ~", f"14:8 DE604 [{LOAD}]"),
    ],
)
def test_a_provider(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert told_after(_plugin(tmp_path), _P, old, new) == [f"{_P}:{expected}"]


def test_credentials_as_a_list(tmp_path: Path) -> None:
    """The daemon takes them; the SDK calls `.items()`."""
    old = "  key:\n    type: secret-input\n    label: {en_US: Key}\n"
    new = "  - name: key\n    type: secret-input\n    label: {en_US: Key}\n"
    assert told_after(_plugin(tmp_path), _P, old, new) == [f"{_P}:9:3 DE604 [{LOAD}]"]


def test_credentials_for_the_daemon_alone(tmp_path: Path) -> None:
    new = "credentials_schema: [{name: key, type: string, required: 2}]\ntools:"
    # what registers for debugging is what the SDK has read, and this it has not
    assert told_after(_plugin(tmp_path), _P, "tools:", new) == [f"{_P}:14:58 DE604 [{PACKAGING}]"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert told_after(_plugin(tmp_path), _P, "tools/t.yaml", "tools/x.yaml") == [
        f"{_P}:14:9 DE601 [{LOAD}, {PACKAGING}]"
    ]


def test_a_name_that_is_too_long_for_a_file(tmp_path: Path) -> None:
    assert told_after(_plugin(tmp_path), _P, "tools/t.yaml", "x" * 300) == [
        f"{_P}:14:9 DE601 [{LOAD}, {PACKAGING}]"
    ]
