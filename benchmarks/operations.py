"""One storage call as the plugin sees it, beside the same exchange with a dict."""

from statistics import median

from benchmarks.bare import call_tool
from benchmarks.command_line import round_document
from benchmarks.rows import ROOT, Options, Row, print_rows

_LOOP = ROOT / "benchmarks" / "plugin"


def measure(options: Options) -> None:
    """Print a table of operations by the size of the value."""
    rows = []
    for size, count in ((100, 1000), (10_000, 500), (1_000_000, 20)):
        pairs = []
        for _ in range(max(3, options.runs // 2)):
            state = options.folder / "operations"
            words = ("run", "loop", f"count={count}", f"size={size}")
            mine = round_document(state, _LOOP, *words)["messages"]
            bare = call_tool(_LOOP, "benchmark", "loop", {"count": count, "size": size})
            pairs.append((mine[0]["message"]["json_object"], bare[0]["message"]["json_object"]))
        for op in ("set", "get"):
            rows.append(
                Row(
                    f"storage.{op}, {size:,} B",
                    "answered from a dict",
                    median(a[op] for a, _ in pairs) * 1000,
                    median(b[op] for _, b in pairs) * 1000,
                    median(a[op] / b[op] for a, b in pairs),
                    "≤ 1.5",
                )
            )
    print_rows(rows)
