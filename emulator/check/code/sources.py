"""Which Python file, and which class in it, the SDK takes for which declaration.

``plugin.sources`` lists them: a rule on tools looks at those whose ``source.base`` is ``"Tool"``,
takes ``cls`` (None if the SDK takes none, or reading cannot tell which) and holds it against
``declared``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from emulator.check.code.classes import Classes, PluginClass
from emulator.check.code.held_classes import Held, held_classes
from emulator.check.code.modules import Module, Modules
from emulator.check.declared.declarations import Declarations, Declared
from emulator.check.declared.document import Node, items, kind_of
from emulator.check.declared.kinds.kind import Source
from emulator.check.findings import Place


@dataclass(frozen=True, slots=True, eq=False)
class DeclaredSource:
    """A Python file that a declaration names, for one class of the SDK."""

    declared: Declared
    source: Source
    node: Node
    """The name, where it is written."""
    module: Module | None
    """What the SDK runs; None if it finds nothing in the plugin's folder."""
    held: Held
    """The classes in it that are derived from the one that is needed."""

    @property
    def text(self) -> str:
        return str(self.node.value)

    @property
    def place(self) -> Place:
        return self.declared.document.place(self.node)

    @property
    def classes(self) -> tuple[PluginClass, ...]:
        """The plugin's classes among them, each once."""
        return tuple(dict.fromkeys(each.cls for each in self.held.sure if each.cls))

    @property
    def cls(self) -> PluginClass | None:
        """The class that the SDK takes; None if it takes none, or that cannot be told."""
        return self.held.sure[0].cls if len(self.held.sure) == 1 else None


def declared_sources(
    declarations: Declarations, modules: Modules, classes: Classes
) -> Iterator[DeclaredSource]:
    """All sources that the declarations name."""
    for declared in declarations.declared:
        for source in declared.kind.sources:
            found = declared.document.find(*source.path)
            for node in items(found) or ([found] if found is not None else []):
                if kind_of(node) == "text":
                    module = source_module(modules, str(node.value))
                    held = held_classes(classes, module, source.base) if module else Held()
                    yield DeclaredSource(declared, source, node, module, held)


def source_module(modules: Modules, source: str) -> Module | None:
    """What the SDK runs for a `source:` (S core/plugin_registration.py _source_to_module_name).

    It makes a module's name of it and has Python look for that, so that `tools/add` is found as
    well as `tools/add.py`, and `tools/add.more.py` is not: that would be a module in `tools/add`.
    """
    return _find(modules, PurePosixPath(source).as_posix())


def found_by_older_sdk(modules: Modules, source: str) -> bool:
    """Whether SDKs up to 0.7 find it, too: they leave a `./` and a `//` in the name."""
    return _find(modules, source) is not None


def _find(modules: Modules, source: str) -> Module | None:
    name = source.removesuffix(PurePosixPath(source).suffix).replace("/", ".")
    return modules.named(name) if modules.is_package(name.rpartition(".")[0]) else None
