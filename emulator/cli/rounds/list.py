"""``rounds list``."""

from typing import Any

import click

from emulator.cli.output import show_line, show_rows
from emulator.cli.project import Project, project_options
from emulator.workspace.rounds import RoundBook, RoundSummary, iso_time

_HEAD = "round  time                 status   gen  read  written  call"


@click.command("list")
@project_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_rounds(project: Project, as_json: bool) -> None:
    """List the rounds, the latest first, with how many keys each has read and written."""
    store = project.open_storage().store
    found = RoundBook(store.file).rounds(store.scope)
    if as_json:
        show_rows(_document(each, store.workspace) for each in found)
        return
    for count, each in enumerate(found):
        if not count:
            show_line(_HEAD, dim=True)
        failed = each.status not in ("ok", None)
        show_line(_line(each), **({"fg": "red"} if failed else {}))


def _line(round: RoundSummary) -> str:
    took = "" if round.duration_us is None else f", {round.duration_us / 1000:.0f} ms"
    by = f" by {round.user_id}" if round.user_id else ""
    return (
        f"{round.number:>5}  {iso_time(round.started_at)[:19]}  {round.status or 'no end':<7}"
        f"  {round.generation:>3}  {round.keys_read:>4}  {round.keys_written:>7}"
        f"  {round.target}{by}{took}"
    )


def _document(round: RoundSummary, workspace: str) -> dict[str, Any]:
    return {
        "round": round.number,
        "kind": round.kind,
        "target": round.target,
        "workspace": workspace,
        "user_id": round.user_id,
        "conversation_id": round.conversation_id,
        "status": round.status or "crashed",
        "started_at": iso_time(round.started_at),
        "duration_ms": None if round.duration_us is None else round.duration_us / 1000,
        "generation": round.generation,
        "keys_read": round.keys_read,
        "keys_written": round.keys_written,
    }
