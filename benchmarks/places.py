"""An operation whose place in the plugin's code is known, beside one with an id of the SDK's own.

Both in one process of a plugin, in turn: the tool gives the SDK its own way to draw ids back, and
takes it away again.
"""

from benchmarks.command_line import round_document
from benchmarks.rows import Options, Row, print_rows
from tests.support.plugin import parameter, write_plugin

_TIMES = 2000
_LIMIT = "≤ 1.1"


def measure(options: Options) -> None:
    """Print a table of operations with and without places."""
    plugin = write_plugin(
        options.folder / "plugin",
        tools={"loop": _TOOL},
        parameters={"loop": [parameter("times", "number")]},
    )
    words = ("run", "loop", f"times={_TIMES}")
    document = round_document(options.folder / "state", plugin, *words)
    told = document["messages"][0]["message"]["json_object"]
    print_rows(
        Row(f"storage.{op}, 100 B, with its place", "without", mine, bare, ratio, _LIMIT)
        for op, (mine, bare, ratio) in told.items()
    )


_TOOL = """\
import os
import time
import uuid
from statistics import median

from dify_plugin.core.runtime import BackwardsInvocation

def draw_plainly(self):
    return uuid.uuid4().hex

def remember(value):
    storage.set("key", value)

def recall(value):
    storage.get("key")

name_place = BackwardsInvocation._generate_backwards_request_id
if not name_place.__module__.endswith("places"):
    raise AssertionError("the calls of this plugin bear no places")
times = {"set": [], "get": []}
for number in range(tool_parameters["times"]):
    for op, act in (("set", remember), ("get", recall)):
        taken = {}
        # The second of two equal operations is faster: each is in turn the first.
        for draw in (name_place, draw_plainly)[:: 1 if number % 2 else -1]:
            BackwardsInvocation._generate_backwards_request_id = draw
            value = os.urandom(100)  # SQLite would skip the write of equal bytes
            started = time.perf_counter()
            act(value)
            taken[draw] = time.perf_counter() - started
        times[op].append((taken[name_place], taken[draw_plainly]))
BackwardsInvocation._generate_backwards_request_id = name_place
yield self.create_json_message(
    {
        op: [
            median(place for place, _ in pairs) * 1000,
            median(plain for _, plain in pairs) * 1000,
            median(place / plain for place, plain in pairs),
        ]
        for op, pairs in times.items()
    }
)
"""
