"""What the code asks of Dify, against what the manifest grants."""

from pathlib import Path

import pytest

from tests.check.checked import change, write
from tests.check.rules.tool_code import found_at, told, tool

GRANT = "    storage:\n      enabled: true\n      size: 1048576\n"


@pytest.mark.parametrize(
    ("call", "word", "grant"),
    [
        ("tool.invoke_builtin_tool('p', 't', {})", "tool", "tool: {enabled: true}"),
        ("model.llm.invoke(c, [])", "llm", "model: {enabled: true, llm: true}"),
        ("model.llm_structured_output.invoke(c)", "llm", "model: {enabled: true, llm: true}"),
        (
            "model.text_embedding.invoke(c, [])",
            "text-embedding",
            "model: {enabled: true, text_embedding: true}",
        ),
        ("model.rerank.invoke_multimodal(c)", "rerank", "model: {enabled: true, rerank: true}"),
        ("model.tts.invoke(c, 't')", "tts", "model: {enabled: true, tts: true}"),
        (
            "model.speech2text.invoke(c, f)",
            "speech2text",
            "model: {enabled: true, speech2text: true}",
        ),
        (
            "model.moderation.invoke(c, 't')",
            "moderation",
            "model: {enabled: true, moderation: true}",
        ),
        ("app.chat.invoke('a', 'q', {})", "app", "app: {enabled: true}"),
        ("app.fetch_app('a')", "app", "app: {enabled: true}"),
        ("workflow_node.parameter_extractor.invoke(p)", "node", "node: {enabled: true}"),
    ],
)
def test_a_call_that_is_not_granted(tmp_path: Path, call: str, word: str, grant: str) -> None:
    folder = tool(tmp_path, f"self.session.{call}")
    assert found_at(folder, "DE770") == ["6:9"]
    [finding] = told(folder)
    refusal = f"'permission denied, you need to enable {word} access in plugin manifest'"
    assert finding.message.endswith(f" is refused: {refusal}")
    assert f"Write `{grant}` under" in finding.advice
    change(folder, "manifest.yaml", GRANT, f"{GRANT}    {grant}\n")
    assert told(folder) == []


@pytest.mark.parametrize("grant", [GRANT.replace("true", "false"), "    storage: null\n", ""])
def test_storage_needs_its_grant(tmp_path: Path, grant: str) -> None:
    folder = tool(tmp_path, "self.session.storage.get('k')")
    assert told(folder) == []
    change(folder, "manifest.yaml", GRANT, grant)
    [finding] = told(folder)
    assert (finding.code, str(finding.place)) == ("DE770", "endpoints/endpoint0.py:10:25")
    assert finding.message.endswith("; the same for 1 more call, in tools/remember.py")
    assert "`storage: {enabled: true, size: 1048576}`" in finding.advice


def test_a_model_needs_both_its_fields(tmp_path: Path) -> None:
    folder = tool(tmp_path, "self.session.model.llm.invoke(c, [])")
    change(folder, "manifest.yaml", GRANT, f"{GRANT}    model:\n      llm: true\n")
    assert found_at(folder, "DE770") == ["6:9"]
    change(folder, "manifest.yaml", "llm: true", "llm: true\n      enabled: true")
    assert told(folder) == []


def test_files_can_always_be_uploaded(tmp_path: Path) -> None:
    assert told(tool(tmp_path, "self.session.file.upload('f', b'', 'text/plain')")) == []


def test_the_first_of_each_kind_tells_of_the_others(tmp_path: Path) -> None:
    body = "self.session.app.chat.invoke('a', 'q', {})\nself.session.app.workflow.invoke('a', {})"
    folder = tool(tmp_path, body)
    assert found_at(folder, "DE770") == ["6:9"]
    assert told(folder)[0].message.endswith("; the same for 1 more call, in tools/remember.py")


def test_a_summary_is_refused_for_long_texts_only(tmp_path: Path) -> None:
    [finding] = told(tool(tmp_path, "self.session.model.summary.invoke('text', '')"))
    assert "is refused for a text of 1,024 characters or more: " in finding.message


def test_an_object_that_is_only_named_is_no_call(tmp_path: Path) -> None:
    assert told(tool(tmp_path, "ask = self.session.app.chat")) == []


def test_a_model_may_ask_for_nothing(tmp_path: Path) -> None:
    folder = tool(tmp_path, "pass")
    code = """\
        from dify_plugin.core.runtime import Session

        def ask(session: Session):
            session.storage.get("k")
            session.app.fetch_app("a")
        """
    write(folder, "models/llm/llm.py", code)
    assert [each.code for each in told(folder)] == ["DE770"]
    change(folder, "manifest.yaml", "plugins:\n", "plugins:\n  models:\n  - provider/m.yaml\n")
    _, finding, other = told(folder)
    assert (finding.code, str(finding.place)) == ("DE771", "models/llm/llm.py:4:5")
    assert (other.code, str(other.place)) == ("DE771", "models/llm/llm.py:5:5")
    assert "'you can not invoke dify from model'" in finding.message
