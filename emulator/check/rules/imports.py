"""Imports among the plugin's own modules that fail when it is loaded."""

import ast
from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.code.bindings import STAR
from emulator.check.code.held_classes import binds_by_other_means
from emulator.check.code.loading import Import
from emulator.check.code.modules import Module
from emulator.check.findings import AT_LOAD, Finding
from emulator.check.names import did_you_mean


def own_imports(plugin: CheckedPlugin) -> Iterator[Finding]:
    """DE710 to DE712: an import of what the plugin does not have."""
    for module in plugin.loading.modules:
        for each in plugin.loading.imports(module):
            if each.module is None:
                yield _leads_out(module, each)
            elif plugin.loading.is_own(each.module):
                if not plugin.modules.has(each.module):
                    yield _no_module(plugin, module, each)
                elif each.name is not None and not _may_have(plugin, each.module, each.name):
                    yield _no_name(plugin, module, each, each.module)


def _leads_out(module: Module, imported: Import) -> Finding:
    where = f"in the package `{module.package}`" if module.package else "in no package"
    message = f"a relative import leads out of the plugin: this module is {where}"
    advice = "Import it by its full name from the plugin's folder: `from folder.module import ...`."
    return Finding(module.place(imported.statement), "DE712", message, advice, (AT_LOAD,))


def _no_module(plugin: CheckedPlugin, module: Module, imported: Import) -> Finding:
    message = f"there is no module `{imported.module}` in the plugin"
    names = {each.name for each in plugin.modules.values()}
    advice = did_you_mean(imported.module or "", names) or "Write that module, or import another."
    return Finding(module.place(imported.statement), "DE710", message, advice, (AT_LOAD,))


def _no_name(plugin: CheckedPlugin, module: Module, imported: Import, of: str) -> Finding:
    target = plugin.modules.named(of)
    message = f"`{of}` has no `{imported.name}`"
    names = [each for each in plugin.classes.bindings(target) if each != STAR] if target else []
    advice = did_you_mean(imported.name or "", names) or "Define it there, or import another name."
    return Finding(module.place(imported.alias), "DE711", message, advice, (AT_LOAD,))


def _may_have(plugin: CheckedPlugin, name: str, member: str) -> bool:
    """Whether a module may have a member; a package has the modules in it, too."""
    module = plugin.modules.named(name)
    if member == STAR or member.startswith("__") or plugin.modules.has(f"{name}.{member}"):
        return True
    if module is None:
        return False
    bound = plugin.classes.bindings(module)
    return (
        member in bound
        or STAR in bound
        or "__getattr__" in bound
        or isinstance(module.parsed, SyntaxError)
        or binds_by_other_means(module)
        or member in _globals(module)
    )


def _globals(module: Module) -> set[str]:
    """Names that functions bind at the top level."""
    found: set[str] = set()
    for each in ast.walk(module.tree):
        if isinstance(each, ast.Global):
            found.update(each.names)
    return found
