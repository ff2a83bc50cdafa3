"""``rounds show``."""

import json

import click

from emulator.cli.project import Project, project_options
from emulator.cli.rounds.page import show_page
from emulator.dify.recorded_calls import as_recorded
from emulator.workspace.effects import effects
from emulator.workspace.recorded_inputs import read_inputs
from emulator.workspace.rounds import RoundBook


@click.command()
@project_options
@click.argument("number", type=click.IntRange(min=1), metavar="N")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as `run --json` does.")
def show(project: Project, number: int, as_json: bool) -> None:
    """Show all of round N: its call, its result, and what it did to memory and where."""
    store = project.open_storage().store
    book = RoundBook(store.file)
    document = book.show(number, store.plugin)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    call = as_recorded(read_inputs(store.file, number, store.plugin).inputs)
    show_page(
        document,
        call,
        book.places(number),
        effects(store.file, number),
    )
