"""How many classes the SDK finds in a source: it takes one, and refuses none as well as two."""

from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.code.modules import Module
from emulator.check.code.sdk_classes import SDK_CLASSES
from emulator.check.code.sources import DeclaredSource
from emulator.check.declared.document import is_null
from emulator.check.findings import AT_LOAD, Finding

_CONSTRUCTOR = "TriggerSubscriptionConstructor"


def one_class(plugin: CheckedPlugin) -> Iterator[Finding]:
    """DE704, DE705: a source without the class that is needed, or with two of them."""
    for each in plugin.sources:
        if each.module is None or each.source.base == "AIModel":
            continue  # as many models as one likes
        if len(each.held.sure) > 1:
            yield _several(each, each.module)
        elif not each.held.sure and each.held.whole and _is_needed(each):
            yield _missing(plugin, each, each.module)


def _is_needed(source: DeclaredSource) -> bool:
    if source.source.base != _CONSTRUCTOR:
        return True
    return not is_null(source.declared.document.find("subscription_constructor"))


def _missing(plugin: CheckedPlugin, source: DeclaredSource, module: Module) -> Finding:
    base = source.source.base
    message = f"Missing subclass of {base} in {module.file}"
    if base == _CONSTRUCTOR:
        message = f"subscription constructor declared, but no implementation in {module.file}"
    defined = plugin.classes.of_module(module)
    if defined:
        message += ": it defines " + ", ".join(
            f"`{each.name}` in line {each.node.lineno}" for each in defined[:_SHOWN]
        )
    advice = f"Derive the class from `{base}` of `{SDK_CLASSES[base].home}`."
    return Finding(source.place, "DE704", message, advice, (AT_LOAD,))


def _several(source: DeclaredSource, module: Module) -> Finding:
    base, held = source.source.base, source.held.sure
    names = ", ".join(f"`{each.name}` in line {each.place.line}" for each in held[:_SHOWN])
    message = f"Multiple subclasses of {base} in {module.file}: {names}"
    imported = [each for each in held if each.cls is None or each.cls.module is not module]
    advice = (
        f"Import the module of `{imported[0].name}` and not its name: what is imported counts."
        if imported
        else "Leave one of them in this file, and one name for it."
    )
    return Finding(source.place, "DE705", message, advice, (AT_LOAD,))


_SHOWN = 5
"""How many classes are named at most."""
