"""Rounds that no plugin runs: their storage calls are made directly, and looked at in the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import dedent

from emulator.dify.finished import Failure, Finished
from emulator.dify.invocation import Caller, Invocation, Kind
from emulator.dify.notes import Note
from emulator.dify.secrets import Secrets
from emulator.dify.storage import Outcome, Storage
from emulator.insight.examine import examine
from emulator.plugin.code import digest_of
from emulator.workspace.recording import Operation
from emulator.workspace.rounds import RoundBook, RoundResult, RoundStart
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store


class Plugin:
    """The memory of a plugin, and its code, as the rounds find them."""

    def __init__(self, file: StateFile, limit: int | None = None, **modules: str) -> None:
        self.storage = Storage(Store(file, "default", "tests/plugin"), limit)
        self.book = RoundBook(file)
        self.sources: Mapping[str, bytes] = {}
        self.save(**modules)

    def save(self, **modules: str) -> None:
        """The code from now on, by the names of modules."""
        self.sources = {f"{name}.py": dedent(code).encode() for name, code in modules.items()}

    def begin(self, user: str = "ada", kind: Kind = "tool") -> "OpenRound":
        digest = digest_of(self.sources)
        scope = self.storage.store.scope
        number = self.book.begin(RoundStart(scope, kind, "t", user, None, {}, 1, digest))
        invocation = Invocation(kind, "t", Caller(user), {}, {}, Secrets({}))
        return OpenRound(self, number, invocation, digest)

    def set(self, key: str, value: bytes, user: str = "ada", at: str | None = None) -> list[Note]:
        """A round that sets a key, and nothing else."""
        round = self.begin(user)
        round.set(key, value, at)
        return round.end()

    def get(self, key: str, user: str = "ada", at: str | None = None) -> list[Note]:
        """A round that reads a key, and nothing else."""
        round = self.begin(user)
        round.get(key, at)
        return round.end()


@dataclass
class OpenRound:
    """A round under way."""

    plugin: Plugin
    number: int
    invocation: Invocation
    code: str
    operations: list[Operation] = field(default_factory=list)

    def set(self, key: str, value: bytes, at: str | None = None) -> str | None:
        """Gives the error's text, if it failed."""
        return self._keep(self.plugin.storage.set(key, value, self.number, at))

    def get(self, key: str, at: str | None = None) -> str | None:
        """Gives the error's text, if it failed."""
        return self._keep(self.plugin.storage.get(key, self.number, at))

    def exist(self, key: str, at: str | None = None) -> None:
        self._keep(self.plugin.storage.exist(key, self.number, at))

    def delete(self, key: str, at: str | None = None) -> str | None:
        return self._keep(self.plugin.storage.delete(key, self.number, at))

    def end(self, failure: Failure | None = None) -> list[Note]:
        """The round is over; gives what is found."""
        plugin = self.plugin
        finished = Finished(
            self.number,
            self.invocation,
            self.code,
            plugin.storage,
            self.operations,
            failure,
            lambda: plugin.sources,
        )
        notes = examine(finished)
        result = RoundResult("error" if failure else "ok")
        plugin.book.finish(self.number, result, 1, plugin.storage.store)
        return notes

    def _keep(self, outcome: Outcome) -> str | None:
        self.operations.append(outcome.operation)
        return outcome.error


def codes(notes: list[Note]) -> list[str]:
    return [each.code for each in notes]


def told(notes: list[Note], code: str) -> str:
    """What the one note of a code says."""
    (found,) = (each for each in notes if each.code == code)
    return found.happened
