"""Modules from outside the plugin's folder: which ones it imports, and importing them ahead."""

import importlib
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from .channel import Channel


def import_all(modules: list[str]) -> None:
    """Import what another generation did. What fails here is left to the plugin to fail on."""
    for name in modules:
        if name not in sys.modules:
            try:
                importlib.import_module(name)
            except Exception:  # noqa: S112  also what only fails because the plugin is not there
                continue


def forget_hidden(folder: str, started_with: frozenset[str]) -> None:
    """Forget modules that this process has loaded and that the plugin has of its own.

    A plugin with a ``queue.py`` hides Python's, from the SDK too: so it is when Dify starts it.
    """
    own = {name.removesuffix(".py") for name in os.listdir(folder)}
    for name in set(sys.modules) - started_with:
        top = name.partition(".")[0]
        if top in own and (
            os.path.isfile(os.path.join(folder, f"{top}.py"))
            or os.path.isfile(os.path.join(folder, top, "__init__.py"))
        ):
            del sys.modules[name]


def tell_imports(own: frozenset[str], channel: Channel) -> None:
    """Tell the emulator from now on what is imported beyond the plugin's own."""
    sys.meta_path.insert(0, _Teller(own, channel))


class _Teller:
    """Finds nothing. It is asked first whenever a module is not loaded yet."""

    def __init__(self, own: frozenset[str], channel: Channel) -> None:
        self._own, self._channel = own, channel

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if name.partition(".")[0] not in self._own:
            self._channel.send({"imports": name})
        return None
