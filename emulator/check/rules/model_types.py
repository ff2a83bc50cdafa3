"""Kinds of models that a provider declares and no source of it can serve."""

from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.code.classes import Named, attributes
from emulator.check.code.sdk_classes import SDK_CLASSES, sdk_class
from emulator.check.code.sources import DeclaredSource
from emulator.check.declared.declarations import Declared
from emulator.check.declared.document import items
from emulator.check.findings import BY_SDK, Finding

_BASES = {
    "llm": "LargeLanguageModel",
    "text-embedding": "TextEmbeddingModel",
    "rerank": "RerankModel",
    "speech2text": "Speech2TextModel",
    "moderation": "ModerationModel",
    "tts": "TTSModel",
}
"""The SDK's classes by what they serve (their `model_type`)."""


def served_types(plugin: CheckedPlugin) -> Iterator[Finding]:
    """DE715: a kind of model without a class: the SDK raises KeyError when it is asked for one."""
    sources: dict[Declared, list[DeclaredSource]] = {}
    for each in plugin.sources:
        if each.source.base == "AIModel":
            sources.setdefault(each.declared, []).append(each)
    for declared, found in sources.items():
        if all(_is_readable(plugin, each) for each in found):
            served = {base for each in found for base in _served(plugin, each)}
            for node in items(declared.document.find("supported_model_types")):
                base = _BASES.get(str(node.value))
                if base is not None and base not in served:
                    yield Finding(
                        declared.document.place(node),
                        "DE715",
                        f"no model source holds a subclass of {base} for {node.value!r}",
                        f"Write one and add it to `model_sources`, or take {node.value!r} out.",
                        (BY_SDK,),
                    )


def _is_readable(plugin: CheckedPlugin, source: DeclaredSource) -> bool:
    """Whether all that a source serves is known: a class can name another kind of its own."""
    lineages = (plugin.classes.lineage(each).classes for each in source.classes)
    named = any("model_type" in attributes(each) for classes in lineages for each in classes)
    return source.module is not None and source.held.whole and not named


def _served(plugin: CheckedPlugin, source: DeclaredSource) -> Iterator[str]:
    """The SDK's classes that are served by a source; one of the SDK's own serves itself."""
    assert source.module is not None
    for each in source.held.sure:
        if each.cls is not None:
            yield from plugin.classes.lineage(each.cls).sdk
        else:
            meaning = plugin.classes.meaning(source.module, each.name)
            name = sdk_class(meaning.name) if isinstance(meaning, Named) else None
            yield from (name, *SDK_CLASSES[name].bases) if name else ()
