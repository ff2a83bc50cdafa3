"""``storage history``."""

from collections.abc import Iterator
from itertools import chain

import click

from emulator.cli.output import show_line, show_rows
from emulator.cli.project import Project, project_options
from emulator.cli.storage.version_view import version_document, version_line
from emulator.cli.words import check_key
from emulator.dify.keys import path_of
from emulator.errors import NotThereError
from emulator.workspace.store import Store
from emulator.workspace.versions import Version, versions, versions_of


@click.command()
@project_options
@click.argument("key", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def history(project: Project, key: str | None, as_json: bool) -> None:
    """Show every version of KEY, or of all keys: size, time, round and writer, latest first."""
    store = project.open_storage().store
    with store.reading():
        found = versions(store) if key is None else _versions_of(store, check_key(key))
        if as_json:
            show_rows(map(version_document, found))
            return
        for version in found:
            show_line(version_line(version, with_key=key is None))


def _versions_of(store: Store, key: str) -> Iterator[Version]:
    found = versions_of(store, path_of(key))
    latest = next(found, None)
    if latest is None:
        raise NotThereError(
            f"There is no history of {key!r} in the workspace {store.workspace!r}.",
            advice="`storage history` shows that of all keys.",
        )
    return chain([latest], found)
