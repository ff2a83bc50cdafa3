"""Names that are imported from the SDK, and that no version of it has."""

from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.findings import AT_LOAD, Finding
from emulator.check.names import nearest

_NAMES = frozenset(
    {
        "AgentProvider", "AgentStrategy", "DifyPluginEnv", "Endpoint", "File",
        "LargeLanguageModel", "ModelProvider", "ModerationModel", "OAICompatEmbeddingModel",
        "OAICompatLargeLanguageModel", "OAICompatProvider", "OAICompatRerankModel",
        "OAICompatSpeech2TextModel", "OAICompatText2SpeechModel", "Plugin", "RerankModel",
        "Speech2TextModel", "TTSModel", "TextEmbeddingModel", "Tool", "ToolProvider", "cli",
        "commands", "config", "core", "entities", "errors", "file", "get_current_session",
        "integration", "interfaces", "invocations", "monkey", "plugin", "protocol", "tool",
    }
)  # fmt: skip
"""Of `dify_plugin` itself, in 0.3.5, 0.5.1, 0.7.4 and 0.10.2 together."""


def sdk_names(plugin: CheckedPlugin) -> Iterator[Finding]:
    """A name that is nearly one of the SDK's; any other may be one of a version to come."""
    for module in plugin.loading.modules:
        for each in plugin.loading.imports(module):
            if each.module != "dify_plugin" or each.name is None or each.name in _NAMES:
                continue
            near = nearest(each.name, _NAMES)
            if near is not None:
                message = f"cannot import name `{each.name}` from `dify_plugin`"
                place = module.place(each.alias)
                yield Finding(place, "DE716", message, f"Did you mean `{near}`?", (AT_LOAD,))
