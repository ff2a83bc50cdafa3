"""``storage blame``."""

from collections.abc import Iterator
from typing import Any

import click

from emulator.cli.output import show_line, show_rows
from emulator.cli.project import Project, project_options
from emulator.cli.storage.version_view import version_document, when, who
from emulator.cli.words import check_key
from emulator.dify.keys import path_of
from emulator.errors import NotThereError, UsageError
from emulator.workspace import versions
from emulator.workspace.history import RESTORING
from emulator.workspace.store import Store
from emulator.workspace.versions import Blame, Version

_DROPPED = "dropped from history, whose limit is `history` in dify-emulator.yaml"


@click.command()
@project_options
@click.argument("key", required=False)
@click.option("--prefix", help="Only keys that begin so.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def blame(project: Project, key: str | None, prefix: str | None, as_json: bool) -> None:
    """Show who wrote KEY, or each key, last and first: call, user, generation, file and line.

    A rewind is no writer: it brings back what somebody had written.
    """
    if key is not None and prefix is not None:
        raise UsageError("Give a key or --prefix, not both.")
    store = project.open_storage().store
    with store.reading():
        found = versions.blame(store, prefix or "") if key is None else _blame_of(store, key)
        if as_json:
            show_rows(map(_document, found))
            return
        for each in found:
            show_line(each.key, bold=True)
            show_line(f"  last   {_told(_last(each))}")
            show_line(f"  first  {_told(each.first)}")


def _blame_of(store: Store, key: str) -> Iterator[Blame]:
    found = versions.blame_of(store, path_of(check_key(key)))
    if found is None:
        raise NotThereError(
            f"There is no value under {key!r} in the workspace {store.workspace!r}.",
            advice="`storage history` also shows who deleted a key.",
        )
    return iter([found])


def _last(blame: Blame) -> Version | None:
    return None if blame.last.op in RESTORING else blame.last


def _told(writer: Version | None) -> str:
    return _DROPPED if writer is None else f"{when(writer)}  {who(writer)}"


def _document(blame: Blame) -> dict[str, Any]:
    return {"key": blame.key, "last": _writer(_last(blame)), "first": _writer(blame.first)}


def _writer(version: Version | None) -> dict[str, Any] | None:
    if version is None:
        return None
    document = version_document(version)
    return {name: document[name] for name in document if name not in ("key", "size")}
