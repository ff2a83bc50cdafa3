"""``storage diff``."""

from typing import Any

import click

from emulator.cli import reporting
from emulator.cli.effect_view import show_effect, sign_of
from emulator.cli.output import show_line, show_rows
from emulator.cli.project import Project, project_options
from emulator.insight import value_diff
from emulator.workspace.effects import Effect, between
from emulator.workspace.points import NOW, find_point, in_words

_CHANGES = {"+": "added", "-": "removed", "~": "changed"}


@click.command()
@project_options
@click.argument("first", metavar="FROM")
@click.argument("second", metavar="[TO]", default=NOW)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def diff(project: Project, first: str, second: str, as_json: bool) -> None:
    """Show what is different at the point TO (default: now) from the point FROM.

    Differences in JSON are told by path, in text by line, in other bytes by size and hash.

    \b
    dify-emulator storage diff 7^ 7        what round 7 changed
    dify-emulator storage diff start       everything, as it came about
    """
    store = project.open_storage().store
    with store.reading():
        found = between(store, find_point(store, first), find_point(store, second))
        if as_json:
            show_rows(map(_document, found))
            return
        is_same = True
        for effect in found:
            is_same = False
            show_effect(show_line, effect, indent="")
    if is_same:
        reporting.say(f"Nothing is different between {in_words(first)} and {in_words(second)}.")


def _document(effect: Effect) -> dict[str, Any]:
    before, after = effect.before, effect.after
    return {
        "key": effect.key,
        "change": _CHANGES[sign_of(effect)],
        "size_before": None if before is None else len(before),
        "size_after": None if after is None else len(after),
        "differences": [
            {"sign": line.sign, "text": line.text} for line in value_diff.diff(before, after)
        ],
    }
