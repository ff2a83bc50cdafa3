"""The classes that the SDK finds in a module: whatever a name there holds, imported or not.

It looks through ``vars(module).values()`` for subclasses (S core/utils/class_loader.py), so a class
that is imported only to be derived from counts, and one that has two names counts twice.
"""

import ast
import sys
from dataclasses import dataclass, field
from typing import NamedTuple

from emulator.check.code.bindings import STAR, Binding, Imported
from emulator.check.code.classes import Classes, Meaning, Named, PluginClass, PluginFunction
from emulator.check.code.modules import Module
from emulator.check.code.sdk_classes import SDK_CLASSES, sdk_class
from emulator.check.findings import Place

_OTHER_MEANS = (b"globals(", b"locals(", b"vars(", b"exec(", b"sys.modules", b"setattr(")
"""How names come into a module where no statement binds them."""


class HeldClass(NamedTuple):
    """A name in a module that holds a subclass."""

    name: str
    place: Place
    """Where it is bound."""
    cls: PluginClass | None
    """None if it is one of the SDK's own."""


@dataclass(slots=True)
class Held:
    """The subclasses of one of the SDK's classes that a module holds."""

    sure: list[HeldClass] = field(default_factory=list)
    whole: bool = True
    """Whether there is surely no other."""


def held_classes(classes: Classes, module: Module, base: str) -> Held:
    """What the SDK finds in a module."""
    readable = isinstance(module.parsed, ast.Module)
    held = Held(whole=readable and not binds_by_other_means(module))
    for name, bound in classes.bindings(module).items():
        last = bound[-1]
        if name == STAR:
            held.whole = held.whole and all(_brings_none(classes, module, each) for each in bound)
            continue
        meaning = classes.meaning(module, name)
        derived = _is_derived(classes, module, meaning, bound, base)
        if derived and any(each.sure for each in bound):
            cls = meaning if isinstance(meaning, PluginClass) else None
            held.sure.append(HeldClass(name, module.place(last.node), cls))
        elif derived is not False:
            held.whole = False
    return held


def binds_by_other_means(module: Module) -> bool:
    """Whether names may come into a module that no statement binds."""
    return any(each in module.source for each in _OTHER_MEANS)


def _is_derived(
    classes: Classes, module: Module, meaning: Meaning | None, bound: list[Binding], base: str
) -> bool | None:
    """Whether a name holds a subclass; None if it may."""
    match meaning:
        case PluginClass():
            return classes.is_a(meaning, base)
        case PluginFunction():
            return False
        case Named(name=name):
            if (sdk := sdk_class(name)) is not None:
                return base in SDK_CLASSES[sdk].bases
            top = name.partition(".")[0]
            if top == "dify_plugin" or top in sys.stdlib_module_names:
                return False
    return None if any(_may_be_class(module, each) for each in bound) else False


def _may_be_class(module: Module, binding: Binding) -> bool:
    """Whether something may be a class for all that can be read.

    A name that begins in lower case or is all capitals is none, nor is what comes from outside and
    is put to use here: a class that is only passed on to the SDK is not.
    """
    name = binding.name
    if not name[:1].isupper() or (name.isupper() and len(name) > 1):
        return False
    match binding.value:
        case Imported(name=None):
            return False
        case Imported():
            return not _is_used(module, name)
        case ast.Constant() | ast.List() | ast.Tuple() | ast.Dict() | ast.Set() | ast.JoinedStr():
            return False
        case ast.Subscript() | ast.BinOp() | ast.Compare() | ast.Lambda():
            return False  # a type to be written elsewhere, a value
    return True


def _brings_none(classes: Classes, module: Module, star: Binding) -> bool:
    """Whether a star import surely brings no subclass."""
    assert isinstance(star.value, Imported)
    target = classes.imported_module(module, star.value) or ""
    return target.partition(".")[0] in sys.stdlib_module_names


def _is_used(module: Module, name: str) -> bool:
    return any(
        isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load)
        for each in ast.walk(module.tree)
    )
