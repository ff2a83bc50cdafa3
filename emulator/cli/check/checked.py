"""What was found in each plugin that was asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.check.findings import Finding


@dataclass(frozen=True, slots=True)
class Checked:
    """One plugin, and what is wrong with it."""

    folder: Path
    """As it was named on the command line."""
    findings: list[Finding]

    @property
    def errors(self) -> int:
        return sum(each.is_error for each in self.findings)

    @property
    def warnings(self) -> int:
        return len(self.findings) - self.errors

    def path(self, finding: Finding) -> str:
        """The file of a finding from where the command was started, so that it can be opened."""
        return (self.folder / finding.place.file).as_posix()

    def as_document(self) -> dict[str, Any]:
        return {
            "path": str(self.folder.absolute()),
            "errors": self.errors,
            "warnings": self.warnings,
            "findings": [each.as_document() for each in self.findings],
        }
