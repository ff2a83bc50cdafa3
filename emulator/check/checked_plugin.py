"""A plugin as the rules see it: read once, when the first rule asks. None of its code is run."""

from functools import cached_property
from pathlib import Path

from emulator.check.code.classes import Classes
from emulator.check.code.loading import Loading
from emulator.check.code.modules import Modules
from emulator.check.code.reads.callees import Code
from emulator.check.code.session.uses import Uses
from emulator.check.code.session.values import Values
from emulator.check.code.sources import DeclaredSource, declared_sources
from emulator.check.declared.declarations import Declarations
from emulator.check.declared.form_fields import FormField, form_fields
from emulator.check.declared.read_values import ReadValue, read_values
from emulator.check.package.ignore_file import IgnoreFile, read_ignore_file
from emulator.check.package.packaged_files import PackagedFiles
from emulator.check.package.required import Required


class CheckedPlugin:
    """A plugin."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def declarations(self) -> Declarations:
        return Declarations(self.folder)

    @cached_property
    def read_values(self) -> list[ReadValue]:
        return list(read_values(self.declarations))

    @cached_property
    def form_fields(self) -> list[FormField]:
        return list(form_fields(self.read_values))

    @cached_property
    def modules(self) -> Modules:
        return Modules(self.folder)

    @cached_property
    def classes(self) -> Classes:
        return Classes(self.modules)

    @cached_property
    def code(self) -> Code:
        """Its functions, as they call each other."""
        return Code(self.classes)

    @cached_property
    def sources(self) -> tuple[DeclaredSource, ...]:
        return tuple(declared_sources(self.declarations, self.modules, self.classes))

    @cached_property
    def session(self) -> Uses:
        """What the code does with the session that the SDK hands it."""
        return Uses(self.modules, self.classes)

    @cached_property
    def values(self) -> Values:
        """What the values that it keeps there are."""
        return Values(self.session, self.classes)

    @cached_property
    def ignore_file(self) -> IgnoreFile:
        return read_ignore_file(self.folder)

    @cached_property
    def package(self) -> PackagedFiles:
        """The files that would be in its package."""
        return PackagedFiles(self.folder, self.ignore_file)

    @cached_property
    def required(self) -> Required:
        """What Dify installs from the package."""
        return Required(self.folder, self.package)

    @cached_property
    def loading(self) -> Loading:
        manifest = self.declarations.manifest
        entry = manifest.text("meta", "runner", "entrypoint") if manifest else None
        first = [self.modules.named(entry or ""), *(each.module for each in self.sources)]
        return Loading(self.modules, self.classes, filter(None, first))
