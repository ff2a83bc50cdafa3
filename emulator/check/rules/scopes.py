"""What a field may be chosen from (D config.go isScope)."""

from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.findings import AT_DEBUGGING, Finding
from emulator.check.names import did_you_mean

_SCOPES = {
    "app-selector": ("all", "chat", "workflow", "completion"),
    "model-selector": (
        "llm", "text-embedding", "rerank", "tts", "speech2text", "moderation", "vision",
        "document", "tool-call",
    ),
    "any": (
        "string", "number", "object", "array[number]", "array[string]", "array[object]",
        "array[file]",
    ),
}  # fmt: skip


def scopes(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Scopes that the type of a field does not have. One right word of several is enough."""
    for field in plugin.form_fields:
        node, scope, kind = field.find("scope"), field.text("scope"), field.text("type")
        if node is None or scope is None or kind is None:
            continue
        words = _SCOPES.get(kind)
        if words is None:
            message = f"`{field.path}.scope` has no meaning for the type `{kind}`"
            advice = f"Leave it out; {', '.join(_SCOPES)} have one."
        elif not any(each.strip() in words for each in scope.split("&")):
            message = f"`{field.path}.scope` is {scope!r}, which is no scope of `{kind}`"
            advice = did_you_mean(scope, words) or f"Write one of {', '.join(words)}."
        else:
            continue
        yield Finding(field.place(node), "DE644", message, advice, (AT_DEBUGGING,))
