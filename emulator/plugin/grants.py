"""What each invocation of Dify needs of the manifest (D backwards_invocation/task.go:71-176)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """What has to be granted under `resource.permission`."""

    word: str
    """As Dify's refusal calls it."""
    fields: tuple[str, ...]
    """All of which have to be true."""

    @property
    def refusal(self) -> str:
        """Dify's words."""
        return f"permission denied, you need to enable {self.word} access in plugin manifest"


_LLM = Need("llm", ("model.enabled", "model.llm"))
_EMBEDDING = Need("text-embedding", ("model.enabled", "model.text_embedding"))
_RERANK = Need("rerank", ("model.enabled", "model.rerank"))
_NODE = Need("node", ("node.enabled",))
_APP = Need("app", ("app.enabled",))

NEEDS = {
    "tool": Need("tool", ("tool.enabled",)),
    "llm": _LLM,
    "llm_structured_output": _LLM,
    "system_summary": _LLM,
    "text_embedding": _EMBEDDING,
    "multimodal_embedding": _EMBEDDING,
    "rerank": _RERANK,
    "multimodal_rerank": _RERANK,
    "tts": Need("tts", ("model.enabled", "model.tts")),
    "speech2text": Need("speech2text", ("model.enabled", "model.speech2text")),
    "moderation": Need("moderation", ("model.enabled", "model.moderation")),
    "node_parameter_extractor": _NODE,
    "node_question_classifier": _NODE,
    "app": _APP,
    "fetch_app": _APP,
    "storage": Need("storage", ("storage.enabled",)),
    "upload_file": Need("storage", ()),  # always allowed
}
"""By the type of the invocation."""

ENDPOINTS = Need("endpoint", ("endpoint.enabled",))
"""To set up the plugin's endpoints (D service/setup_endpoint.go:46)."""
