"""``snapshot list``."""

from typing import Any

import click

from emulator.cli.output import show_line, show_rows
from emulator.cli.project import Project, project_options
from emulator.workspace.rounds import iso_time
from emulator.workspace.snapshots import Snapshot, snapshots


@click.command("list")
@project_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_snapshots(project: Project, as_json: bool) -> None:
    """List the snapshots, the latest first, with time and last round."""
    found = snapshots(project.open_storage().store)
    if as_json:
        show_rows(map(_document, found))
        return
    for each in found:
        round = "-" if each.round is None else f"round {each.round}"
        show_line(f"{iso_time(each.at)[:19]}  {round:>9}  {each.name}")


def _document(snapshot: Snapshot) -> dict[str, Any]:
    return {"name": snapshot.name, "at": iso_time(snapshot.at), "round": snapshot.round}
