"""Tools and their providers: each rule, broken by one change to the smallest declaration."""

from pathlib import Path

import pytest

from emulator.plugin.tool import Tool, ToolProvider
from tests.plugin.declared import changed, problems, read

TOOL = """\
identity:
  author: tests
  name: say
  label: {en_US: Say}
description:
  human: {en_US: Says it}
  llm: says it
parameters:
- name: word
  label: {en_US: Word}
  human_description: {en_US: A word}
  type: string
  form: llm
extra: {python: {source: tools/say.py}}
"""
PROVIDER = """\
identity:
  author: tests
  name: test
  label: {en_US: Test}
  icon: icon.svg
tools: [tools/say.yaml]
extra: {python: {source: provider/test.py}}
"""
IDENTITY_NAME = "Dify wants it to match ^[a-zA-Z0-9_-]+$"
TYPES = ["string", "number", "boolean", "select", "secret-input", "file", "files", "app-selector"]
TYPES += ["model-selector", "any", "dynamic-select", "array", "object", "checkbox", "date"]
TYPES += ["date-range"]
ALL_TYPES = f"{', '.join(map(repr, TYPES[:-1]))} or 'date-range'"


def test_a_tool_is_read_with_its_parameters(tmp_path: Path) -> None:
    tool = read(Tool, tmp_path, TOOL)
    assert (tool.name, tool.extra.python.source) == ("say", "tools/say.py")
    assert tool.parameters is not None
    (word,) = tool.parameters
    assert (word.name, word.type, word.form) == ("word", "string", "llm")
    assert (word.required, word.multiple, word.default, word.options) == (False, False, None, None)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("  author: tests\n", "", "2:3: `identity.author` is missing", id="author"),
        pytest.param("author: tests", "author: ''",
                     "2:3: `identity.author`: string should have at least 1 character",
                     id="an author of no letters"),
        pytest.param("name: say", "name: a b",
                     f"3:3: `identity.name` is 'a b'; {IDENTITY_NAME}", id="a name with a space"),
        pytest.param("name: say", "name: a.b",
                     f"3:3: `identity.name` is 'a.b'; {IDENTITY_NAME}", id="a name with a dot"),
        pytest.param("en_US: Say}", "de_DE: Say}", "4:10: `identity.label.en_US` is missing",
                     id="a label without English"),
        pytest.param("  human: {en_US: Says it}\n", "", "6:3: `description.human` is missing",
                     id="no description for people"),
        pytest.param("  llm: says it\n", "", "6:3: `description.llm` is missing",
                     id="no description for models"),
        pytest.param("llm: says it", "llm: ''",
                     "7:3: `description.llm`: string should have at least 1 character",
                     id="an empty description for models"),
        pytest.param("- name: word\n  label", "- label", "9:3: `parameters.0.name` is missing",
                     id="a parameter without a name"),
        pytest.param("  label: {en_US: Word}\n", "", "9:3: `parameters.0.label` is missing",
                     id="a parameter without a label"),
        pytest.param("  human_description: {en_US: A word}\n", "",
                     "9:3: `parameters.0.human_description` is missing",
                     id="a parameter without a description"),
        pytest.param("  type: string\n", "", "9:3: `parameters.0.type` is missing",
                     id="a parameter without a type"),
        pytest.param("type: string", "type: text",
                     f"12:3: `parameters.0.type` is 'text'; it can be {ALL_TYPES}",
                     id="a type that is none"),
        pytest.param("  form: llm\n", "", "9:3: `parameters.0.form` is missing",
                     id="a parameter without a form"),
        pytest.param("form: llm", "form: model",
                     "13:3: `parameters.0.form` is 'model'; it can be 'schema', 'form' or 'llm'",
                     id="a form that is none"),
        pytest.param("  form: llm\n", "  form: llm\n  options: [{label: {en_US: x}}]\n",
                     "14:13: `parameters.0.options.0.value` is missing", id="an option of nothing"),
        pytest.param("extra: {python: {source: tools/say.py}}\n", "",
                     "1:1: `extra` is missing", id="no code"),
        pytest.param("{python: {source: tools/say.py}}", "{python: {}}",
                     "14:17: `extra.python.source` is missing", id="code of nothing"),
    ],
)  # fmt: skip
def test_a_rule_of_tools_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert problems(Tool, tmp_path, changed(TOOL, old, new)) == [told]


def test_all_problems_of_a_tool_come_in_one_go(tmp_path: Path) -> None:
    text = changed(changed(TOOL, "name: say", "name: s y"), "form: llm", "form: x")
    told = problems(Tool, tmp_path, changed(text, "  llm: says it\n", ""))
    assert [line.partition(": ")[0] for line in told] == ["3:3", "6:3", "12:3"]


def test_a_description_under_the_identity_is_told_as_missing(tmp_path: Path) -> None:
    text = changed(TOOL, "description:\n  human", "  description: x\nabout:\n  human")
    assert problems(Tool, tmp_path, text) == ["1:1: `description` is missing"]


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_of_dify_is_taken(tmp_path: Path, kind: str) -> None:
    assert problems(Tool, tmp_path, changed(TOOL, "type: string", f"type: {kind}")) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("name: say", "name: A-z_9", id="capitals in a name"),
        pytest.param("name: say", "name: 5", id="a name that YAML takes for a number"),
        pytest.param("form: llm", "form: llm\n  options: [{value: no}]", id="an option `no`"),
        pytest.param("form: llm", "form: form\n  default: {a: [1]}", id="a default of any kind"),
        pytest.param("extra:", "output_schema: {type: x}\nextra:", id="fields we have no use for"),
    ],
)
def test_what_dify_takes_of_a_tool_is_taken(tmp_path: Path, old: str, new: str) -> None:
    assert problems(Tool, tmp_path, changed(TOOL, old, new)) == []


def test_a_tool_may_go_without_parameters(tmp_path: Path) -> None:
    text = TOOL[: TOOL.index("parameters")] + TOOL[TOOL.index("extra") :]
    assert read(Tool, tmp_path, text).parameters is None


def test_a_provider_is_read_with_the_paths_of_its_tools(tmp_path: Path) -> None:
    provider = read(ToolProvider, tmp_path, PROVIDER)
    assert (provider.name, provider.tools) == ("test", ["tools/say.yaml"])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("name: test", "name: te/st",
                     f"3:3: `identity.name` is 'te/st'; {IDENTITY_NAME}", id="a name with a slash"),
        pytest.param("  label: {en_US: Test}\n", "", "2:3: `identity.label` is missing",
                     id="no label"),
        pytest.param("  icon: icon.svg\n", "", "2:3: `identity.icon` is missing", id="no icon"),
        pytest.param("icon: icon.svg", "icon: ''",
                     "5:3: `identity.icon`: string should have at least 1 character",
                     id="an empty icon"),
        pytest.param("[tools/say.yaml]", "tools/say.yaml",
                     "6:1: `tools`: input should be a valid list", id="tools that are no list"),
        pytest.param("[tools/say.yaml]", "[{a: b}]",
                     "6:9: `tools.0`: input should be a valid string", id="a tool in place"),
        pytest.param("{python: {source: provider/test.py}}", "",
                     "7:1: `extra`: input should be a valid dictionary or instance of Extra",
                     id="no code"),
    ],
)  # fmt: skip
def test_a_rule_of_providers_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert problems(ToolProvider, tmp_path, changed(PROVIDER, old, new)) == [told]


@pytest.mark.parametrize(
    "credentials",
    [
        pytest.param("{token: {type: secret-input, required: true}}", id="a mapping"),
        pytest.param("[{name: token, type: secret-input}]", id="a list"),
    ],
)
def test_the_credentials_of_a_provider_may_be(tmp_path: Path, credentials: str) -> None:
    text = f"{PROVIDER}credentials_for_provider: {credentials}\n"
    assert problems(ToolProvider, tmp_path, text) == []
