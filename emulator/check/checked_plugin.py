"""A plugin as the rules see it: read once, when the first rule asks. None of its code is run."""

from functools import cached_property
from pathlib import Path

from emulator.check.declarations import Declarations
from emulator.check.modules import Modules


class CheckedPlugin:
    """A plugin."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def declarations(self) -> Declarations:
        return Declarations(self.folder)

    @cached_property
    def modules(self) -> Modules:
        return Modules(self.folder)
