"""Making a generation of a plugin's files as they are."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from emulator.dev.events import Progress, Tell
from emulator.dev.generation import Generation
from emulator.dev.git_lock import GitLock
from emulator.dev.plugin_files import Contents, Kind, Reader, Watched, kind_of
from emulator.dify.production import HEARTBEAT_SECONDS
from emulator.dify.silence import CODES
from emulator.errors import PluginLoadError, UsageError
from emulator.plugin.code import digest_of
from emulator.plugin.config import Config, read_config
from emulator.plugin.environment import choose_interpreter, process_environment
from emulator.plugin.plugin import Plugin, read_plugin
from emulator.runtime.child import Child
from emulator.runtime.debugger_terminal import Terminal
from emulator.runtime.launch import Launch
from emulator.runtime.running import RunningPlugin
from emulator.runtime.warm_starts import WarmStarts, Way

_LOOK_SECONDS = 0.1


class SupersededError(Exception):
    """The files have changed while they were loaded."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a plugin lies, and what was said on the command line about running it."""

    folder: Path
    state_dir: Path
    python: str | None = None


class Loader:
    """Loads one plugin again and again; keeps what can be kept from one time to the next.

    Raises UsageError if the plugin's dify-emulator.yaml is wrong.
    """

    def __init__(self, plugin_id: str, place: Place, tell: Tell, terminal: Terminal | None) -> None:
        self._id = plugin_id
        self._place, self._report, self._terminal = place, _Report(plugin_id, tell), terminal
        self.plugin: Plugin | None = None
        """The declarations, once they have been read."""
        self._starts: WarmStarts | None = None
        self._interpreter = Path(sys.executable)
        self._made_of: dict[Kind, dict[str, bytes]] = {}
        self._loads = 0
        self._reader = Reader(Watched(place.folder, place.state_dir.resolve()))
        self._unsteady: set[str] = set()
        """Files that the plugin itself changes when it is loaded."""
        self._git_lock = GitLock(place.folder)
        self._take_config(read_config(place.folder, CODES))
        # For dev.json and the header, before anything runs. What is wrong the first load tells.
        with contextlib.suppress(PluginLoadError):
            self.plugin = read_plugin(place.folder)

    @property
    def watched(self) -> Watched:
        return self._reader.watched

    def read(self, touched: frozenset[str]) -> Contents:
        """The files as they are; ``touched`` ones may have changed whatever their times say."""
        while True:
            self._git_lock.wait()
            contents = self._reader.read_settled(touched)
            if not self._git_lock.is_held:
                return contents

    def load(
        self, contents: Contents, gives_up: Callable[[float], bool], on_death: Callable[[], None]
    ) -> Generation:
        """A new generation, ready. ``gives_up`` is asked after how many seconds to go on.

        Raises EmulatorError, or SupersededError.
        """
        if self._has_changed(Kind.CONFIGURATION, contents):
            before = process_environment(self.config)
            self._take_config(read_config(self._place.folder, CODES))
            if process_environment(self.config) != before:
                self._end_starts()
            self._keep(Kind.CONFIGURATION, contents)
        if self._starts is None or self._has_changed(Kind.ENVIRONMENT, contents):
            self._end_starts()
            self._starts = self._begin_starts()
            self._keep(Kind.ENVIRONMENT, contents)
        if self.plugin is None or self._has_changed(Kind.DECLARATIONS, contents):
            plugin = read_plugin(self._place.folder)
            if plugin.id != self._id:
                raise PluginLoadError(
                    f"manifest.yaml: the plugin is called {plugin.id} now, and was {self._id}.",
                    advice="Its URLs and its storage are others: end dev and start it again.",
                )
            self.plugin = plugin
            self._keep(Kind.DECLARATIONS, contents)
        way: list[Way] = []
        imports = _Imports(self._starts)
        running = self._run(self.plugin, self._starts, contents, way, imports, on_death)
        try:
            try:
                self._wait(running, gives_up)
            finally:  # also what failed may have failed for being half saved
                contents = self._contents_that_ran(contents)
        except BaseException:
            running.dismiss()
            self._starts.prepare()  # a spare has been spent
            raise
        self._loads += 1
        imports.have_ended()
        self._starts.prepare()
        code = digest_of(contents.sources)
        return Generation(self._loads, self.plugin, self.config, contents, code, running, way[0])

    def prepare_next(self) -> None:
        """Load, for the next generation, what the present one has imported since."""
        if self._starts is not None:
            self._starts.prepare()

    def stop(self) -> None:
        if self._starts is not None:
            self._starts.stop()

    def _wait(self, running: RunningPlugin, gives_up: Callable[[float], bool]) -> None:
        began, started = time.perf_counter(), running.stopwatch.now()
        while not running.is_settled(_LOOK_SECONDS):
            if gives_up(time.perf_counter() - began):
                raise SupersededError
            if running.stopwatch.now() - started > HEARTBEAT_SECONDS:
                break
        running.wait_until_ready(0)

    def _contents_that_ran(self, contents: Contents) -> Contents:
        """What the new generation is made of. The SDK reads declarations from disk: they must still
        be those that were looked at, or it is not known what has been loaded.

        Raises SupersededError.
        """
        others = self._reader.read().others
        names = others.keys() | contents.others.keys()
        changed = {name for name in names if others.get(name) != contents.others.get(name)}
        # Once is an edit. What changes again whenever it is loaded, the plugin writes itself.
        is_own_doing = changed <= self._unsteady
        self._unsteady = changed
        if not is_own_doing:
            raise SupersededError
        return Contents(contents.sources, others)

    def _run(
        self,
        plugin: Plugin,
        starts: WarmStarts,
        contents: Contents,
        way: list[Way],
        imports: "_Imports",
        on_death: Callable[[], None],
    ) -> RunningPlugin:
        def start(launch: Launch) -> Child:
            child, how = starts.start(launch)
            way.append(how)
            return child

        launch = Launch(
            self._interpreter,
            plugin.manifest.meta.runner.entrypoint,
            self._place.folder,
            process_environment(self.config),
            sources=contents.sources,
        )
        return RunningPlugin(launch, start, self._terminal, imports.begin, on_death)

    def go_back(self, generation: Generation) -> None:
        """Forget what was read for a load that failed: this generation goes on."""
        self.plugin = generation.plugin
        self._take_config(generation.config)
        for kind in (Kind.CONFIGURATION, Kind.DECLARATIONS):
            self._made_of.pop(kind, None)

    def look_what_counts(self) -> None:
        """Which files count may have been configured anew, and decides what is read."""
        with contextlib.suppress(UsageError):  # which the load tells
            self._count(read_config(self._place.folder, CODES))

    def _take_config(self, config: Config) -> None:
        self.config = config
        self._count(config)

    def _count(self, config: Config) -> None:
        watch, ignore = tuple(config.watch), tuple(config.ignore)
        self._reader.watched = replace(self._reader.watched, extra=watch, ignored=ignore)

    def _begin_starts(self) -> WarmStarts:
        place = self._place
        named = place.python
        self._interpreter = choose_interpreter(place.folder, place.state_dir, named, self._report)
        environment = process_environment(self.config)
        starts = WarmStarts(self._interpreter, place.folder, environment)
        starts.prepare()
        return starts

    def _end_starts(self) -> None:
        if self._starts is not None:
            self._starts.retire()
            self._starts = None

    def _has_changed(self, kind: Kind, contents: Contents) -> bool:
        return self._made_of.get(kind) != _of_kind(kind, contents)

    def _keep(self, kind: Kind, contents: Contents) -> None:
        self._made_of[kind] = _of_kind(kind, contents)


class _Report:
    """Tells what slow preparations are at."""

    def __init__(self, plugin_id: str, tell: Tell) -> None:
        self._id, self._tell = plugin_id, tell

    def step(self, line: str) -> None:
        self._tell(Progress(self._id, line))

    def detail(self, line: str) -> None:
        """What passes is not for a log of lines."""


class _Imports:
    """What a generation imports, learned when it is ready: an import that never ends is not."""

    def __init__(self, starts: WarmStarts) -> None:
        self._starts = starts
        self._begun: list[str] | None = []
        self._lock = threading.Lock()

    def begin(self, module: str) -> None:
        with self._lock:
            if self._begun is not None:
                self._begun.append(module)
                return
        self._starts.learn(module)

    def have_ended(self) -> None:
        with self._lock:
            begun, self._begun = self._begun or [], None
        for module in begun:
            self._starts.learn(module)


def _of_kind(kind: Kind, contents: Contents) -> dict[str, bytes]:
    return {name: data for name, data in contents.others.items() if kind_of(name) is kind}
