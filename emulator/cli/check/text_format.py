"""Findings for people: `file:line:column: CODE message`, what to write, who minds and when."""

from emulator.check.codes import Level
from emulator.check.findings import Finding
from emulator.cli import reporting
from emulator.cli.check.checked import Checked
from emulator.cli.output import show_line, show_text
from emulator.cli.sizes import count_of

_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow"}


def show(all_checked: list[Checked]) -> None:
    """The findings to stdout, and how many there are to stderr."""
    for checked in all_checked:
        for finding in checked.findings:
            _show(checked.path(finding), finding)
    errors = sum(checked.errors for checked in all_checked)
    warnings = sum(checked.warnings for checked in all_checked)
    found = f"{count_of(errors, 'error')}, {count_of(warnings, 'warning')}"
    where = "" if len(all_checked) == 1 else f" in {count_of(len(all_checked), 'plugin')}"
    reporting.say(f"{found if errors or warnings else 'Nothing found'}{where}.")


def _show(path: str, finding: Finding) -> None:
    place = f"{path}:{finding.place.line}:{finding.place.column}"
    show_line(f"{place}: {finding.code} {finding.message}", fg=_COLOURS[finding.level])
    show_text(finding.advice, "    ")
    by = ", ".join(map(str, finding.by))
    show_line(f"    {finding.level}: {by}", dim=True)
