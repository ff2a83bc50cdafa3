"""``storage list``."""

import json

import click

from emulator.cli.project import Project, project_options
from emulator.cli.reporting import visible_line
from emulator.cli.sizes import human_size
from emulator.workspace.rounds import iso_time


@click.command("list")
@project_options
@click.option("--prefix", default="", help="Only keys that begin so.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_keys(project: Project, prefix: str, as_json: bool) -> None:
    """List the keys, with size, time and round of the last change."""
    storage = project.open_storage()
    with storage.store.reading():
        values = list(storage.store.values(prefix))
    if as_json:
        rows = [
            {
                "key": value.key,
                "size": value.size,
                "updated_at": iso_time(value.updated_at),
                "round": value.round,
            }
            for value in values
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for value in values:
        written = "-" if value.round is None else f"round {value.round}"
        time = iso_time(value.updated_at)[:19]
        click.echo(f"{human_size(value.size):>10}  {time}  {written:>9}  {visible_line(value.key)}")
