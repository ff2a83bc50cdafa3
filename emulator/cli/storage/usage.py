"""``storage usage``."""

import heapq
import json

import click

from emulator.cli.project import Project, project_options
from emulator.cli.reporting import visible_line
from emulator.cli.sizes import human_size

_LARGEST = 10


@click.command()
@project_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def usage(project: Project, as_json: bool) -> None:
    """Show the bytes used, the plugin's quota, and the largest keys."""
    storage = project.open_storage()
    store = storage.store
    with store.reading():
        used, counted = store.used, store.allocated or 0
        values = list(store.values())
    largest = heapq.nlargest(_LARGEST, values, key=lambda value: value.size)
    if as_json:
        document = {
            "used": used,
            "counted": counted,
            "quota": storage.limit,
            "keys": len(values),
            "largest": [{"key": value.key, "size": value.size} for value in largest],
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    share = 100 * counted / storage.limit
    keys = f"{len(values)} {'key' if len(values) == 1 else 'keys'}"
    click.echo(f"{human_size(used)} in {keys}")
    click.echo(
        f"{human_size(counted)} of {human_size(storage.limit)} ({share:.1f} %) by Dify's count"
    )
    for value in largest:
        click.echo(f"{human_size(value.size):>10}  {visible_line(value.key)}")
