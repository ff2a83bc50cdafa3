"""What a plugin's code reaches from the session that the SDK hands it (S core/runtime.py).

The same in 0.3.5, 0.5.1, 0.7.4 and 0.10.2, but for `llm_structured_output` (since 0.5) and what is
multimodal (since 0.7).
"""

from collections.abc import Mapping
from typing import NamedTuple

SESSION = "session"
STORAGE = "session.storage"


class Invocation(NamedTuple):
    """One of the session's objects that call Dify."""

    made_by: str
    """Its class."""
    methods: Mapping[str, str]
    """With the type of the invocation that each makes."""


INVOCATIONS = {
    STORAGE: Invocation(
        "StorageInvocation", dict.fromkeys(("set", "get", "delete", "exist"), "storage")
    ),
    "session.file": Invocation("File", {"upload": "upload_file"}),
    "session.tool": Invocation(
        "ToolInvocation",
        dict.fromkeys(
            ("invoke", "invoke_builtin_tool", "invoke_workflow_tool", "invoke_api_tool"), "tool"
        ),
    ),
    "session.app": Invocation("AppInvocations", {"fetch_app": "fetch_app"}),
    "session.app.chat": Invocation("ChatAppInvocation", {"invoke": "app"}),
    "session.app.completion": Invocation("CompletionAppInvocation", {"invoke": "app"}),
    "session.app.workflow": Invocation("WorkflowAppInvocation", {"invoke": "app"}),
    "session.app.fetch_app_invocation": Invocation("FetchAppInvocation", {"get": "fetch_app"}),
    "session.workflow_node": Invocation("WorkflowNodeInvocations", {}),
    "session.workflow_node.parameter_extractor": Invocation(
        "ParameterExtractorNodeInvocation", {"invoke": "node_parameter_extractor"}
    ),
    "session.workflow_node.question_classifier": Invocation(
        "QuestionClassifierNodeInvocation", {"invoke": "node_question_classifier"}
    ),
    "session.model": Invocation("ModelInvocations", {}),
    "session.model.llm": Invocation("LLMInvocation", {"invoke": "llm"}),
    "session.model.llm_structured_output": Invocation(
        "LLMStructuredOutputInvocation", {"invoke": "llm_structured_output"}
    ),
    "session.model.text_embedding": Invocation(
        "TextEmbeddingInvocation",
        {"invoke": "text_embedding", "invoke_multimodal": "multimodal_embedding"},
    ),
    "session.model.rerank": Invocation(
        "RerankInvocation", {"invoke": "rerank", "invoke_multimodal": "multimodal_rerank"}
    ),
    "session.model.speech2text": Invocation("Speech2TextInvocation", {"invoke": "speech2text"}),
    "session.model.tts": Invocation("TTSInvocation", {"invoke": "tts"}),
    "session.model.moderation": Invocation("ModerationInvocation", {"invoke": "moderation"}),
    "session.model.summary": Invocation("SummaryInvocation", {"invoke": "system_summary"}),
}
"""By the way that leads to them."""

HANDED_A_SESSION = frozenset(
    {
        "Tool",
        "Endpoint",
        "AgentStrategy",
        "WebsiteCrawlDatasource",
        "OnlineDocumentDatasource",
        "OnlineDriveDatasource",
    }
)
"""The SDK's classes that have it as `self.session` (S interfaces/)."""

HANDED_A_RUNTIME = frozenset({"Trigger", "Event", "TriggerSubscriptionConstructor"})
"""Those that have it as `self.runtime.session` (S interfaces/trigger/runtime.py)."""

_BY_CLASS = {
    "Session": SESSION,
    **{each.made_by: way for way, each in INVOCATIONS.items()},
}


def way_of_class(dotted: str) -> str | None:
    """What an object of a class of the SDK is, by its dotted name."""
    package, _, name = dotted.rpartition(".")
    if name == "File" and package != "dify_plugin.invocations.file":
        return None  # dify_plugin.file.file.File is a file that a tool is given
    return _BY_CLASS.get(name) if package.split(".")[0] == "dify_plugin" else None


def way_of_member(way: str, name: str) -> str | None:
    """Where an attribute of one of them leads."""
    longer = f"{way}.{name}"
    return longer if longer in INVOCATIONS else None
