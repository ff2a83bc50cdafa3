"""``check [PLUGIN]...``: what Dify or the SDK would refuse, before they do."""

import gc
import importlib
from pathlib import Path

import click

from emulator.check.plugin_check import check_plugin
from emulator.cli.check.checked import Checked
from emulator.cli.words import check_text
from emulator.dify.silence import CODES
from emulator.errors import UsageError
from emulator.plugin.config import read_silenced

_FORMATS = {
    "text": "emulator.cli.check.text_format",
    "json": "emulator.cli.check.json_format",
    "sarif": "emulator.cli.check.sarif_format",
    "github": "emulator.cli.check.github_format",
}


@click.command()
@click.argument("folders", nargs=-1, type=Path, metavar="[PLUGIN]...")
@click.option(
    "-p",
    "--plugin",
    "plugins",
    multiple=True,
    type=Path,
    metavar="PATH",
    help="A plugin's folder (repeatable; default: here).",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "sarif", "github"]),
    help="For people (default), as a SARIF document, or as annotations of GitHub Actions.",
)
def check(
    folders: tuple[Path, ...], plugins: tuple[Path, ...], as_json: bool, shape: str | None
) -> int:
    """Say what Dify's packager, its daemon and the SDK would refuse or silently change.

    Nothing of a plugin is run, and nothing is written. Ends with 1 if there are errors; warnings
    can be silenced in dify-emulator.yaml.

    \b
    dify-emulator check
    dify-emulator check memory inbox --format github
    """
    if as_json and shape:
        raise UsageError("--json and --format are two formats.", advice="Choose one of them.")
    gc.disable()  # trees are no garbage until the process ends; looking for some took a tenth
    named = (*folders, *plugins) or (Path(),)
    check_text(map(str, named))
    all_checked = [_checked(folder) for folder in named]
    show = importlib.import_module(_FORMATS["json" if as_json else shape or "text"]).show
    show(all_checked)
    return 1 if any(checked.errors for checked in all_checked) else 0


def _checked(folder: Path) -> Checked:
    findings = check_plugin(folder)
    silenced = read_silenced(folder, CODES)
    return Checked(folder, [each for each in findings if each.code not in silenced])
