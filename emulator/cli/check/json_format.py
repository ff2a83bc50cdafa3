"""Findings as one JSON document."""

import json

import click

from emulator.cli.check.checked import Checked


def show(all_checked: list[Checked]) -> None:
    """A mapping with each plugin's findings, and how many there are in all."""
    document = {
        "errors": sum(checked.errors for checked in all_checked),
        "warnings": sum(checked.warnings for checked in all_checked),
        "plugins": [checked.as_document() for checked in all_checked],
    }
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))
