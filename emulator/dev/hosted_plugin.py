"""A plugin that ``dev`` serves: its generations, its memory, the calls made of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from emulator.dev.events import (
    Event,
    LateCall,
    Loaded,
    MemoryUndone,
    Refused,
    RoundEnded,
    Tell,
    Why,
)
from emulator.dev.generation import Generation
from emulator.dev.history_keeper import HistoryKeeper
from emulator.dev.loading import Loader, Place
from emulator.dev.memory import Memory
from emulator.dev.outside_changes import OutsideChanges
from emulator.dev.reloading import OnBroken, Reloader
from emulator.dev.rerunning import Rerunner, Series
from emulator.dev.watching import Watcher
from emulator.dify.answers import Answers
from emulator.dify.calls import Call, EndpointCall, OfferFile
from emulator.dify.endpoint_request import IncomingRequest
from emulator.dify.faults import NO_FAULTS, Faults, injector
from emulator.dify.invocation import secret_settings
from emulator.dify.notes import note
from emulator.dify.production import ROUND_SECONDS
from emulator.dify.round import Round, RunningCall
from emulator.dify.round import Watcher as RoundWatcher
from emulator.dify.secrets import Secrets
from emulator.dify.storage import Storage
from emulator.errors import EmulatorError
from emulator.insight.examine import examine
from emulator.plugin.config import Config
from emulator.plugin.identity import read_identity
from emulator.plugin.plugin import Plugin, hook_id_of
from emulator.runtime.debugger_terminal import Terminal
from emulator.server.endpoints import Responder
from emulator.server.reply import BUFFERED_PIECES
from emulator.workspace import history
from emulator.workspace.effects import effects
from emulator.workspace.limit import HistoryLimit

_STALE_HEADER = "Dify-Emulator-Stale"

MemoryMode = Literal["keep", "rewind"]
"""What a rerun starts from: the present memory, or what the first of its series started from."""


@dataclass(frozen=True, slots=True)
class HostOptions:
    """How a plugin is hosted."""

    place: Place
    workspace: str | None = None
    """None: as configured."""
    seed: Path | None = None
    reruns: bool | None = None
    """None: as configured."""
    memory_mode: MemoryMode = "keep"
    on_broken: OnBroken = "fail"
    watches: bool = True
    faults: Faults = NO_FAULTS
    """What the storage of every round is to suffer."""


class HostedPlugin:
    """Safe for many threads. Raises EmulatorError if it cannot be hosted at all."""

    def __init__(
        self,
        options: HostOptions,
        offer: OfferFile,
        tell: Tell,
        terminal: Terminal | None = None,
    ) -> None:
        self.options = options
        self._offer, self._tell = offer, tell
        self.id = read_identity(options.place.folder).plugin_id
        self._memory = Memory(options.place.state_dir, options.seed)
        self._outside = OutsideChanges(self._memory.file, self.id, self._memory.book)
        self._history = HistoryKeeper(
            self._memory.file.path,
            lambda: HistoryLimit(**self.config.history),
            lambda error: tell(Refused(self.id, error)),
        )
        self._loader = Loader(self.id, options.place, tell, terminal)
        self._reloader = Reloader(self.id, self._loader, options.on_broken, self._hear)
        self._watcher = None
        if options.watches:
            self._watcher = Watcher(self._loader, self._reloader.touched)
            self._reloader.before_reading = self._watcher.refresh
        self._rerunner = Rerunner(self._rerun)
        self._series: Series | None = None
        self.memory_mode: MemoryMode = options.memory_mode

    @property
    def folder(self) -> Path:
        return self.options.place.folder

    @property
    def hook_id(self) -> str:
        return hook_id_of(self.id)

    @property
    def plugin(self) -> Plugin | None:
        """What the present generation declares; before there is one, what has been read."""
        present = self._reloader.present
        return present.plugin if present else self._loader.plugin

    @property
    def config(self) -> Config:
        """What the present generation is configured to."""
        present = self._reloader.present
        return present.config if present else self._loader.config

    @property
    def workspace(self) -> str:
        """The workspace of calls that name none."""
        return self.options.workspace or self.config.workspace

    def start(self) -> None:
        """Begin to load the plugin, and to watch its files."""
        if self._watcher is not None:
            self._watcher.start()
        self._reloader.start()
        self._rerunner.start()
        self._history.start()

    def stop(self) -> None:
        """End everything that runs; a round in the middle is interrupted."""
        if self._watcher is not None:
            self._watcher.stop()
        self._rerunner.stop()
        self._reloader.stop()
        self._history.stop()

    def call_for(
        self,
        call: Call,
        workspace: str,
        timeout: float,
        watcher: RoundWatcher,
        running: RunningCall,
        *,
        reruns: bool,
    ) -> tuple[dict[str, Any], str | None]:
        """Make a call for another process; gives the round's document, and why it is stale.

        ``reruns`` has it made again on new code. Raises EmulatorError.
        """
        stale: list[str] = []
        series = Series(call, workspace, timeout, None)
        number = self._make(
            series, "command", watcher, running, reruns=reruns, on_stale=stale.append
        )
        return self._memory.book.show(number), stale[0] if stale else None

    def respond(self, request: IncomingRequest, responder: Responder, running: RunningCall) -> None:
        """Make the call that a request over HTTP is. Raises EmulatorError."""
        series = Series(EndpointCall(request), None, ROUND_SECONDS, None)

        def note_overflow(number: int) -> None:
            if responder.overflowed and "DE406" not in self.config.silence:
                happened = (
                    f"The client was more than {BUFFERED_PIECES} pieces of the response behind the "
                    "plugin; Dify drops what comes on top of that, without a word."
                )
                self._memory.book.add_note(number, note("DE406", happened).as_document())

        def mark(why: str) -> None:
            responder.mark(_STALE_HEADER, why)

        try:
            self._make(series, "http", responder, running, on_stale=mark, on_end=note_overflow)
        except EmulatorError as error:
            # Whoever called is seldom the one who has to mend it.
            target = f"{request.method} {request.path.decode('utf-8', 'replace')}"
            hidden = Secrets(secret_settings(self.config.settings, self.plugin))
            first = error.message.partition("\n")[0]
            self._tell(Refused(self.id, EmulatorError(f"{hidden.mask(target)}: 503, {first}")))
            raise

    def ask_to_rerun(self) -> bool:
        """Have the last call made again, soon; says whether there is one."""
        self._rerunner.ask()
        return self._series is not None

    def undo(self) -> None:
        """Take back the last step that changed the memory. Raises StateFileError."""
        storage = self.storage()
        undone = history.undo(storage.store) if storage else None
        if undone is not None:
            self._outside.is_own(undone.operation)
        self._tell(MemoryUndone(self.id, undone))

    def storage(self) -> Storage | None:
        """The memory of the configured workspace; None before anything is known of the plugin."""
        if self.plugin is None:
            return None
        return self._memory.storage(self.plugin, self.config, self.workspace)

    def look_outside(self) -> None:
        """Tell what other processes have done to the memory."""
        for change in self._outside.look():
            self._tell(change)

    def _make(
        self,
        series: Series,
        why: Why,
        watcher: RoundWatcher | None,
        running: RunningCall | None,
        *,
        reruns: bool = True,
        on_stale: Callable[[str], None] = lambda _: None,
        on_end: Callable[[int], None] = lambda _: None,
    ) -> int:
        with self._reloader.generation() as (generation, stale):
            invocation = series.call.prepare(generation.plugin, generation.config, self._offer)
            plugin, config = generation.plugin, generation.config
            workspace = series.workspace or self.options.workspace or config.workspace
            storage = self._memory.storage(plugin, config, workspace)
            if series.point is None:
                series.point = history.now(storage.store)
            elif self.memory_mode == "rewind":
                self._outside.is_own(history.rewind(storage.store, series.point).operation)
            if reruns:
                self._series = series
            if stale:
                on_stale(f"generation {generation.number}; what is on disk does not load")
            round = Round(
                generation.running,
                self._answers(generation, storage),
                self._memory.book,
                invocation,
                generation=generation.number,
                code=generation.code,
                timeout=series.timeout,
                watcher=watcher,
                # What comes late is heard here anyhow.
                settles=why == "command",
                on_late=lambda number, note: self._tell(LateCall(self.id, number, note)),
                examine=examine,
                silenced=frozenset(config.silence),
            )
            if running is not None:
                running.begins(round)
            number = round.run()
            on_end(number)
        self._loader.prepare_next()
        self._tell(self._ended(number, why, stale))
        self._history.ask()
        return number

    def _answers(self, generation: Generation, storage: Storage) -> Answers:
        process = generation.running
        return Answers(
            process.send,
            generation.plugin.manifest.permission,
            storage,
            place_of=process.place_of,
            faults=injector(self.options.faults, process.dismiss),
        )

    def _ended(self, number: int, why: Why, stale: bool) -> RoundEnded:
        memory = self._memory
        return RoundEnded(
            self.id,
            why,
            number,
            stale,
            read=lambda: memory.book.show(number),
            effects=lambda: effects(memory.file, number),
        )

    def _rerun(self, running: RunningCall) -> None:
        if self._series is None:
            return
        try:
            self._make(self._series, "rerun", None, running)
        except EmulatorError as error:
            self._tell(Refused(self.id, error))
        except Exception as error:  # a bug of ours is no reason never to rerun again
            self._tell(Refused(self.id, EmulatorError(f"the rerun failed: {error!r}")))

    def _hear(self, event: Event) -> None:
        self._tell(event)
        if not isinstance(event, Loaded):
            return
        reruns = self.options.reruns
        if reruns is None:
            reruns = self.config.rerun == "last"
        if reruns and event.changed:
            self._rerunner.ask()
