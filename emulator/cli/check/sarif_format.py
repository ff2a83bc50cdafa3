"""Findings as a SARIF 2.1.0 document, which GitHub's code scanning and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from emulator import __version__
from emulator.check.codes import RULES
from emulator.check.findings import Finding
from emulator.cli.check.checked import Checked


def show(all_checked: list[Checked]) -> None:
    """One run of one tool over all plugins."""
    found = [(checked, finding) for checked in all_checked for finding in checked.findings]
    codes = sorted({finding.code for _, finding in found})
    driver = {
        "name": "dify-emulator",
        "version": __version__,
        "rules": [_rule(code) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(checked, each, codes.index(each.code)) for checked, each in found],
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def _rule(code: str) -> dict[str, Any]:
    rule = RULES[code]
    return {
        "id": code,
        "shortDescription": {"text": rule.title},
        "defaultConfiguration": {"level": str(rule.level)},
    }


def _result(checked: Checked, finding: Finding, rule: int) -> dict[str, Any]:
    by = ", ".join(map(str, finding.by))
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": str(finding.level),
        "message": {"text": f"{finding.message}. {finding.advice} ({by})"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(checked.path(finding))},
                    "region": {
                        "startLine": finding.place.line,
                        "startColumn": finding.place.column,
                    },
                }
            }
        ],
    }


def _uri(path: str) -> str:
    """Relative to where the command was started: GitHub wants it so, from the repository's root."""
    return Path(path).as_uri() if path.startswith("/") else quote(path)
