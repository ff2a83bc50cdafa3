"""An endpoint with one storage read: through ``dev``, and the same plugin driven over its pipes.

The plugin gets the same bytes of the same request. Both take turns, so that each pair of neighbours
gives a ratio of its own.
"""

import sys
from collections.abc import Callable
from statistics import median

from benchmarks.bare import bare_plugin, endpoint_request
from benchmarks.bare_load import load_over_pipes
from benchmarks.command_line import emulator
from benchmarks.dev import running_dev
from benchmarks.http_load import load_over_http
from benchmarks.load import Load
from benchmarks.plugins import VALUE, value_plugin
from benchmarks.rows import Options, figure, percentile, print_table
from emulator.dify.endpoint_request import IncomingRequest, forwarded

_CONNECTIONS = (1, 8, 32)
_SECONDS = 2.0
_WARM_UP_SECONDS = 0.5


def measure(options: Options) -> None:
    """Print a table of connections, with rates and latencies of both."""
    plugin, state = value_plugin(options.folder / "plugin"), options.folder / "state"
    emulator(state, plugin, "storage", "set", "value", VALUE.decode())
    with running_dev(plugin, state) as dev, bare_plugin(plugin, {"value": VALUE}) as bare:
        path = dev.endpoint("/value")
        hook_id = path.split("/")[2]
        request = endpoint_request(
            forwarded(IncomingRequest("GET", b"/value", host=f"127.0.0.1:{dev.port}"), hook_id)
        )

        def ours(connections: int, seconds: float) -> Load:
            return load_over_http(dev.port, path, VALUE, connections, seconds)

        def theirs(connections: int, seconds: float) -> Load:
            return load_over_pipes(bare, request, VALUE, connections, seconds)

        rows = [_compare(ours, theirs, many, max(3, options.runs // 4)) for many in _CONNECTIONS]
    print_table(
        "| connections | `dev`, req/s | median ms | p99 ms | load | the SDK alone, req/s "
        "| median ms | p99 ms | load | ratio of req/s |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        rows,
    )


def _compare(
    ours: Callable[[int, float], Load],
    theirs: Callable[[int, float], Load],
    connections: int,
    turns: int,
) -> tuple[str, ...]:
    ours(connections, _WARM_UP_SECONDS)
    theirs(connections, _WARM_UP_SECONDS)
    pairs = [(ours(connections, _SECONDS), theirs(connections, _SECONDS)) for _ in range(turns)]
    mine, bare = zip(*pairs, strict=True)
    if failed := sum(load.failed for load in (*mine, *bare)):
        print(f"{connections} connections: {failed} answers were wrong", file=sys.stderr)
    return (
        str(connections),
        *_figures(mine),
        *_figures(bare),
        f"{median(a.rate / b.rate for a, b in pairs):.2f}",
    )


def _figures(loads: tuple[Load, ...]) -> tuple[str, ...]:
    """Rate, latencies, and what making the load took of one processor."""
    latencies = [each for load in loads for each in load.latencies]
    return (
        f"{median(load.rate for load in loads):.0f}",
        figure(median(latencies) * 1000),
        figure(percentile(latencies, 99) * 1000),
        f"{median(load.cpu / load.wall for load in loads):.0%}",
    )
