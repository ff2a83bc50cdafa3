"""What the class that the SDK takes has to define, and how it is called."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin, write

TOOL = "tools/remember.py"


def with_tool(tmp_path: Path, body: str, head: str = "class Mine(Tool):") -> Path:
    """A whole plugin whose tool has this body."""
    folder = whole_plugin(tmp_path)
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    write(folder, TOOL, f"from dify_plugin import Tool\n\n\n{head}\n{lines}\n")
    return folder


def with_endpoint(tmp_path: Path, body: str) -> Path:
    """A whole plugin whose endpoint has this body."""
    folder = whole_plugin(tmp_path)
    head = "from dify_plugin import Endpoint\n\nclass E(Endpoint):\n"
    write(folder, "endpoints/endpoint0.py", f"{head}{body}\n")
    return folder


def test_a_class_without_its_method_is_told_where_it_begins(tmp_path: Path) -> None:
    folder = with_tool(tmp_path, "def invoke(self, p):\n    yield 1")
    [finding] = found(folder, "DE706")
    assert str(finding.place) == f"{TOOL}:4:1"
    assert finding.message == "Can't instantiate abstract class Mine: it does not define `_invoke`"
    assert finding.advice == "Define `def _invoke(self, tool_parameters)`."
    assert [str(each) for each in finding.by] == ["SDK at run time"]


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ("def _invoke(self, p):\n    yield 1", "class Mine(Tool):"),
        ("_invoke = other", "class Mine(Tool):"),
        ("if True:\n    def _invoke(self, p):\n        yield 1", "class Mine(Tool):"),
        ("pass", "from tools.base import Mixin\nclass Mine(Mixin, Tool):"),
        ("pass", "from nowhere import Mixin\nclass Mine(Mixin, Tool):"),
        ("pass", "@add_invoke\nclass Mine(Tool):"),
    ],
)
def test_the_method_may_come_from_anywhere(tmp_path: Path, body: str, head: str) -> None:
    folder = with_tool(tmp_path, body, head)
    write(folder, "tools/base.py", "class Mixin:\n    def _invoke(self, p):\n        yield 1\n")
    assert found(folder, "DE706") == []


def test_an_abstract_method_of_the_plugins_own_has_to_be_defined(tmp_path: Path) -> None:
    folder = with_tool(tmp_path, "pass", "from tools import base\nclass Mine(base.Base):")
    write(
        folder,
        "tools/base.py",
        """\
        from abc import abstractmethod
        from dify_plugin import Tool
        class Base(Tool):
            def _invoke(self, p):
                yield self.reply()
            @abstractmethod
            def reply(self): ...
        """,
    )
    [finding] = found(folder, "DE706")
    assert (str(finding.place), finding.message[-7:]) == (f"{TOOL}:5:1", "`reply`")
    change(folder, TOOL, "    pass", "    def reply(self): ...")
    assert found(folder, "DE706") == []


MODEL = """\
from dify_plugin import {base}
class Mine({base}):
    def _invoke(self, {parameters}):
        return 1
    {more}
"""
REST = """
    def validate_credentials(self, model, credentials): ...
    def get_num_tokens(self, *args): ...
    _invoke_error_mapping = {}
"""


def with_model(tmp_path: Path, base: str, parameters: str, more: str) -> Path:
    """A whole plugin with a model."""
    folder = whole_plugin(tmp_path)
    change(folder, "manifest.yaml", "plugins:\n", "plugins:\n  models:\n  - provider/model.yaml\n")
    write(
        folder,
        "provider/model.yaml",
        """\
        provider: test
        supported_model_types: [llm]
        extra:
          python:
            provider_source: provider/model.py
            model_sources: [models/llm.py]
        """,
    )
    provider = "from dify_plugin import ModelProvider\nclass P(ModelProvider): ...\n"
    write(folder, "provider/model.py", provider)
    text = MODEL.format(base=base, parameters=parameters, more=more.strip())
    write(folder, "models/llm.py", text)
    return folder


LLM = "model, credentials, prompt_messages, model_parameters, tools=None, stop=None, stream=True"


def test_a_provider_of_models_is_made_at_load(tmp_path: Path) -> None:
    [finding] = found(
        with_model(tmp_path, "LargeLanguageModel", f"{LLM}, user=None", REST), "DE706"
    )
    assert str(finding.place) == "provider/model.py:2:1"
    assert [str(each) for each in finding.by] == ["SDK at load"]


def test_a_model_has_several_methods_to_define(tmp_path: Path) -> None:
    folder = with_model(tmp_path, "LargeLanguageModel", f"{LLM}, user=None", "pass")
    assert [each.message for each in found(folder, "DE706") if "llm" in each.place.file] == [
        "Can't instantiate abstract class Mine: it does not define `_invoke_error_mapping`, "
        "`get_num_tokens`, `validate_credentials`"
    ]


def test_a_class_that_another_is_derived_from_may_be_abstract(tmp_path: Path) -> None:
    folder = with_model(tmp_path, "LargeLanguageModel", f"{LLM}, user=None", "pass")
    change(
        folder, "models/llm.py", "    pass\n", f"class More(Mine):{REST}\nclass Other(More): ...\n"
    )
    assert [each for each in found(folder, "DE706") if "llm" in each.place.file] == []


def test_nothing_is_left_abstract_in_the_compatible_ones(tmp_path: Path) -> None:
    folder = with_model(tmp_path, "OAICompatLargeLanguageModel", f"{LLM}, user=None", "pass")
    assert [each for each in found(folder, "DE706") if "llm" in each.place.file] == []


@pytest.mark.parametrize(
    ("parameters", "is_wrong"), [(LLM, True), (f"{LLM}, user=None", False), ("**given", False)]
)
def test_what_is_handed_over_by_name_has_to_have_that_name(
    tmp_path: Path, parameters: str, is_wrong: bool
) -> None:
    folder = with_model(tmp_path, "LargeLanguageModel", parameters, REST)
    assert places(folder, "DE707") == (["models/llm.py:3:5"] if is_wrong else [])


@pytest.mark.parametrize(
    ("parameters", "is_wrong"),
    [
        ("self", True),
        ("", True),
        ("tool_parameters", True),
        ("self, tool_parameters, user", True),
        ("self, *, tool_parameters", True),
        ("self, tool_parameters, *, user", True),
        ("self, **tool_parameters", True),
        ("self, anything", False),
        ("self, tool_parameters, user=None", False),
        ("self, /, tool_parameters, *, user=None", False),
        ("self, *args", False),
        ("*args, **kwargs", False),
    ],
)
def test_a_tool_is_handed_its_parameters(tmp_path: Path, parameters: str, is_wrong: bool) -> None:
    folder = with_tool(tmp_path, f"def _invoke({parameters}):\n    yield 1")
    assert places(folder, "DE707") == ([f"{TOOL}:5:5"] if is_wrong else [])


def test_a_decorated_method_may_take_anything(tmp_path: Path) -> None:
    folder = with_tool(tmp_path, "@staticmethod\ndef _invoke(p):\n    yield 1")
    assert found(folder, "DE707") == []


def test_an_inherited_method_is_told_where_it_stands(tmp_path: Path) -> None:
    folder = with_tool(tmp_path, "pass", "from tools import base\nclass Mine(base.Base, Tool):")
    write(folder, "tools/base.py", "class Base:\n    def _invoke(self):\n        yield 1\n")
    assert places(folder, "DE707") == ["tools/base.py:2:5"]
    change(folder, TOOL, "base.Base, Tool", "unknown(), base.Base, Tool")
    assert found(folder, "DE707") == []


def test_what_is_async_never_runs(tmp_path: Path) -> None:
    folder = with_tool(tmp_path, "async def _invoke(self, p):\n    yield 1")
    assert places(folder, "DE708") == [f"{TOOL}:5:5"]


def test_credentials_that_are_checked_with_async_are_not_checked(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    change(folder, "provider/test.py", "def _validate", "async def _validate")
    assert found(folder, "DE708", "DE714") == []  # there are none
    credentials = "credentials_for_provider:\n  key:\n    type: text-input\n"
    change(folder, "provider/test.yaml", "tools:", f"{credentials}tools:")
    [finding] = found(folder, "DE708", "DE714")
    assert (str(finding.place), finding.code) == ("provider/test.py:5:5", "DE714")


def test_one_message_is_to_be_yielded(tmp_path: Path) -> None:
    body = "if p:\n        return self.create_text_message('a')\n    return [1]"
    folder = with_tool(tmp_path, f"def _invoke(self, p):\n    {body}")
    assert places(folder, "DE709") == [f"{TOOL}:7:13"]
    change(folder, TOOL, "return self", "yield self")
    assert places(folder, "DE709") == []


@pytest.mark.parametrize(
    ("body", "is_wrong"),
    [
        ("self.create_text_message('ok')", True),
        ("return", True),
        ("def inner():\n    yield 1\ninner()", True),
        ("try:\n    work()\nexcept E:\n    raise", True),
        ("if x:\n    raise A", True),
        ("yield 1", False),
        ("return [1]", False),
        ("yield from ()", False),
        ("raise NotImplementedError", False),
        ("if x:\n    raise A\nelse:\n    raise B", False),
        ("while True:\n    work()", False),
    ],
)
def test_a_tool_has_to_yield_or_to_return_something(
    tmp_path: Path, body: str, is_wrong: bool
) -> None:
    lines = body.replace("\n", "\n    ")
    folder = with_tool(tmp_path, f"def _invoke(self, p):\n    {lines}")
    assert places(folder, "DE709") == ([f"{TOOL}:5:5"] if is_wrong else [])


@pytest.mark.parametrize(
    ("body", "is_wrong"),
    [
        ("yield 'x'", True),
        ("print(1)", True),
        ("return Response('x')", False),
        ("def stream():\n            yield 'x'\n        return Response(stream())", False),
        ("raise ValueError", False),
    ],
)
def test_an_endpoint_has_to_return_one_response(tmp_path: Path, body: str, is_wrong: bool) -> None:
    folder = with_endpoint(tmp_path, f"    def _invoke(self, r, values, settings):\n        {body}")
    assert places(folder, "DE709") == (["endpoints/endpoint0.py:4:5"] if is_wrong else [])
