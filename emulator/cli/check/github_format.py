"""Findings as workflow commands, which GitHub Actions shows beside the lines of a change.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

import click

from emulator.check.findings import Finding
from emulator.cli.check.checked import Checked


def show(all_checked: list[Checked]) -> None:
    """A line a finding."""
    for checked in all_checked:
        for finding in checked.findings:
            click.echo(_command(checked.path(finding), finding))


def _command(path: str, finding: Finding) -> str:
    by = ", ".join(map(str, finding.by))
    properties = {
        "file": path,
        "line": str(finding.place.line),
        "col": str(finding.place.column),
        "title": finding.code,
    }
    listed = ",".join(f"{name}={_escaped_property(text)}" for name, text in properties.items())
    text = f"{finding.message}. {finding.advice} ({by})"
    return f"::{finding.level} {listed}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
