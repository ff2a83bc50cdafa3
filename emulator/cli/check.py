"""``check [PLUGIN]...``: what Dify or the SDK would refuse, before they do."""

from pathlib import Path

import click

from emulator.check.plugin_check import check_plugin
from emulator.cli.output import show_line


@click.command()
@click.argument("folders", nargs=-1, type=Path, metavar="[PLUGIN]...")
def check(folders: tuple[Path, ...]) -> int:
    """Say what Dify's packager, its daemon and the SDK would refuse or silently change.

    Nothing of the plugin is run, and nothing is written.
    """
    failed = False
    for folder in folders or (Path(),):
        for finding in check_plugin(folder):
            show_line(str(finding))
            show_line(f"    {finding.advice}")
            failed |= finding.is_error
    return 1 if failed else 0
