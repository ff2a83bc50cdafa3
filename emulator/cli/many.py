"""``run --times N --parallel K``: one call many times at once, summed up."""

import json
import queue
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any

from emulator.cli import reporting
from emulator.cli.caller import caller
from emulator.cli.many_summary import show_summary, summarize
from emulator.cli.output import Output
from emulator.cli.project import Project
from emulator.cli.round_options import RoundOptions
from emulator.dify.calls import ToolCall

_ENDING_SECONDS = 0.5
"""How long it may take, after an interrupt, until all rounds are kept."""

Document = dict[str, Any]


def run_many(
    project: Project, call: ToolCall, options: RoundOptions, times: int, parallel: int
) -> int:
    """Make the calls in one process, or through dev; gives the exit code. Raises EmulatorError."""
    calls = Calls(times, parallel)
    documents = []
    try:
        with (
            caller(project, options.timeout, options.python, options.faults) as making,
            reporting.progress() as progress,
            closing(calls.make(lambda: making.make(call))) as results,
        ):
            for document in results:
                documents.append(document)
                progress.detail(f"{len(documents)} of {times} calls")
    finally:
        calls.join()
    documents.sort(key=lambda document: int(document["round"]))
    summary = summarize(documents, parallel)
    output = Output()
    if options.as_json:
        whole = {"rounds": documents, "summary": summary}
        output.line(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        show_summary(summary, output)
    output.check()
    failed = summary["statuses"]["ok"] < times
    return 1 if failed or summary["lost_updates"] else 0


class Calls:
    """Calls that wait to be made, and the threads that make them."""

    def __init__(self, times: int, parallel: int) -> None:
        self._times, self._parallel = times, min(parallel, times)
        self._waiting = iter(range(times))
        self._lock = threading.Lock()
        self._stopped = False
        self._threads: list[threading.Thread] = []

    def make(self, make: Callable[[], Document]) -> Generator[Document]:
        """What the calls give, as they end. Raises what the first that fails raises.

        When it is closed, no more calls are made.
        """
        ended: queue.SimpleQueue[Document | BaseException] = queue.SimpleQueue()

        def work() -> None:
            while self._take():
                try:
                    ended.put(make())
                except BaseException as error:
                    ended.put(error)

        try:
            for _ in range(self._parallel):
                thread = threading.Thread(target=work, daemon=True)
                thread.start()
                self._threads.append(thread)
            for _ in range(self._times):
                result = ended.get()
                if isinstance(result, BaseException):
                    raise result
                yield result
        finally:
            self._stopped = True

    def join(self) -> None:
        """Let calls that were interrupted be kept as what they came to."""
        for thread in self._threads:
            thread.join(_ENDING_SECONDS / self._parallel)

    def _take(self) -> bool:
        with self._lock:
            return not self._stopped and next(self._waiting, None) is not None
