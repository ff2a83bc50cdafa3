"""What a plugin may ask of Dify (D backwards_invocation/task.go:71-176)."""

from emulator.plugin.manifest import Permission

# Type of invocation: the word in Dify's refusal, and the fields of the manifest's
# resource.permission that must all be true.
_NEEDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "tool": ("tool", ("tool.enabled",)),
    "llm": ("llm", ("model.enabled", "model.llm")),
    "llm_structured_output": ("llm", ("model.enabled", "model.llm")),
    "system_summary": ("llm", ("model.enabled", "model.llm")),
    "text_embedding": ("text-embedding", ("model.enabled", "model.text_embedding")),
    "multimodal_embedding": ("text-embedding", ("model.enabled", "model.text_embedding")),
    "rerank": ("rerank", ("model.enabled", "model.rerank")),
    "multimodal_rerank": ("rerank", ("model.enabled", "model.rerank")),
    "tts": ("tts", ("model.enabled", "model.tts")),
    "speech2text": ("speech2text", ("model.enabled", "model.speech2text")),
    "moderation": ("moderation", ("model.enabled", "model.moderation")),
    "node_parameter_extractor": ("node", ("node.enabled",)),
    "node_question_classifier": ("node", ("node.enabled",)),
    "app": ("app", ("app.enabled",)),
    "fetch_app": ("app", ("app.enabled",)),
    "storage": ("storage", ("storage.enabled",)),
    "upload_file": ("storage", ()),  # always allowed
}


def refusal(kind: str, permission: Permission) -> str | None:
    """Dify's words if the manifest does not allow this kind of invocation, else None."""
    if kind not in _NEEDS:
        return f"unsupported invoke type: {kind}"
    word, fields = _NEEDS[kind]
    if all(permission.allows(field) for field in fields):
        return None
    return f"permission denied, you need to enable {word} access in plugin manifest"


def endpoint_refusal(permission: Permission) -> str | None:
    """The same for setting up the plugin's endpoints (D service/setup_endpoint.go:46)."""
    if permission.allows("endpoint.enabled"):
        return None
    return "permission denied, you need to enable endpoint access in plugin manifest"
