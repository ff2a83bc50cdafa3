"""A sample plugin in one process, its tools and endpoints called again and again."""

import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from emulator.dify.answers import Answers
from emulator.dify.calls import Call, EndpointCall, ToolCall
from emulator.dify.endpoint_request import IncomingRequest
from emulator.dify.finished import Examine
from emulator.dify.round import Round
from emulator.dify.storage import Storage
from emulator.insight.examine import examine
from emulator.plugin.code import digest_of
from emulator.plugin.config import Config
from emulator.plugin.environment import process_environment
from emulator.plugin.plugin import read_plugin
from emulator.runtime.launch import Launch
from emulator.runtime.running import RunningPlugin
from emulator.workspace.rounds import RoundBook
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store


class Played:
    """In a ``with``; afterwards no process of it is left."""

    def __init__(self, folder: Path, state: Path, examine: Examine = examine) -> None:
        self._examine = examine
        self._plugin = read_plugin(folder)
        self._file = StateFile(state / "state.db")
        store = Store(self._file, "default", self._plugin.id)
        self._storage = Storage(store, self._plugin.manifest.storage_limit)
        self.book = RoundBook(self._file)
        self._running: RunningPlugin | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> "Played":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._running is not None:
            self._running.stop()
        self._file.close()

    def tool(self, name: str, /, user: str = "ada", **parameters: Any) -> dict[str, Any]:
        """A round of a tool."""
        return self._round(ToolCall(name, parameters, user=user))

    def request(self, method: str, path: str, body: bytes = b"", **settings: Any) -> dict[str, Any]:
        """A round of an endpoint; a token among its settings is sent along."""
        headers = [(b"Authorization", f"Bearer {settings.get('token')}".encode())]
        request = IncomingRequest(method, path.encode(), headers=headers, body=body)
        return self._round(EndpointCall(request, settings))

    def _round(self, call: Call) -> dict[str, Any]:
        plugin, running = self._plugin, self._start()
        invocation = call.prepare(plugin, Config(), lambda _: {})
        permission = plugin.manifest.permission
        answers = Answers(running.send, permission, self._storage, place_of=running.place_of)
        code = digest_of(running.read_code())
        round = Round(
            running, answers, self.book, invocation, code=code, timeout=60, examine=self._examine
        )
        return self.book.show(round.run())

    def _start(self) -> RunningPlugin:
        with self._lock:
            if self._running is None or self._running.has_died:
                environment = process_environment(Config())
                launch = Launch(Path(sys.executable), "main", self._plugin.folder, environment)
                self._running = RunningPlugin(launch)
                self._running.wait_until_ready(60)
            return self._running


def codes_of(*documents: dict[str, Any]) -> set[str]:
    """The codes of all notes of these rounds."""
    return {note["code"] for document in documents for note in document["notes"]}
