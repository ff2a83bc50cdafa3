"""Which generation a round runs on: the one that was made of what is on disk, or none.

A change is counted as soon as it is heard of. From then on new rounds wait for the generation that
is made of it, so that none is answered by code that is known to be old; rounds that have begun end
on the generation that they began on.
"""

import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from emulator.check.diagnosis import diagnosed
from emulator.dev.events import Broken, Died, Loaded, Mended, Tell
from emulator.dev.generation import Generation
from emulator.dev.loading import Loader, SupersededError
from emulator.dev.plugin_files import Contents
from emulator.errors import EmulatorError

OnBroken = Literal["fail", "stale"]

_QUIET_SECONDS = 0.008
"""Changes that follow each other faster belong together: some editors delete a file, then put
another in its place, and a deletion leaves no time that the reader of the files could look at."""
_LONGEST_BURST_SECONDS = 0.1

_PATIENCE_SECONDS = 1.0
"""A load that takes longer is given up when the files change again. A shorter one is let end: while
files change without a pause, rounds would wait for ever for the last of them."""

_ENDING_SECONDS = 2.0
"""How long the end waits for a load to notice it: the building of an environment does not."""


class Reloader:
    """Keeps a plugin's generations in step with its files, in a thread of its own."""

    def __init__(self, plugin: str, loader: Loader, on_broken: OnBroken, tell: Tell) -> None:
        self._id, self._loader, self._on_broken, self._tell = plugin, loader, on_broken, tell
        self._state = threading.Condition()
        self._touched: set[str] = set()
        self._heard = 1  # changes; the first is that there is nothing yet
        self._settled = 0
        self._heard_at: float | None = time.perf_counter()
        """When the first of the changes was heard of that are not yet being loaded."""
        self._last_at = 0.0
        self._present: Generation | None = None
        self._broken: EmulatorError | None = None
        self._broken_contents: Contents | None = None
        self._stopping = False
        self.before_reading: Callable[[], None] = lambda: None
        """Called in the reloader's thread before it reads the files."""
        self._thread = threading.Thread(target=self._work, name="reloader", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End all generations."""
        with self._state:
            self._stopping = True
            self._state.notify_all()
        self._loader.stop()  # it may be what the thread waits for
        self._thread.join(_ENDING_SECONDS)
        if self._present is not None:
            self._present.running.stop()
        self._loader.stop()

    def touched(self, name: str) -> None:
        """A file may have changed."""
        with self._state:
            self._touched.add(name)
            self._touch()

    @property
    def present(self) -> Generation | None:
        """The last generation that was ready."""
        return self._present

    @contextmanager
    def generation(self) -> Iterator[tuple[Generation, bool]]:
        """The generation for a round that begins now, and whether it is stale.

        Waits for a load that is under way. Raises EmulatorError if what is on disk does not load.
        """
        generation, stale = self._acquire()
        try:
            yield generation, stale
        finally:
            generation.leave()

    def _acquire(self) -> tuple[Generation, bool]:
        with self._state:
            if self._present is not None and self._present.running.has_died:
                self._touch()
            heard = self._heard
            self._state.wait_for(lambda: self._settled >= heard or self._stopping)
            if self._stopping:
                raise EmulatorError("dev is ending.")
            present, broken = self._present, self._broken
            if broken is not None and (self._on_broken == "fail" or not _is_alive(present)):
                raise broken
            assert present
            present.enter()
            return present, broken is not None

    def _touch(self) -> None:
        self._heard_at = self._heard_at or time.perf_counter()
        self._last_at = time.perf_counter()
        self._heard += 1
        self._state.notify_all()

    def _work(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(lambda: self._heard > self._settled or self._stopping)
                if self._stopping:
                    return
                self._wait_for_quiet()
                heard, touched, self._touched = self._heard, frozenset(self._touched), set()
                began, self._heard_at = self._heard_at, None
            try:
                self._load(touched, heard, began)
            except SupersededError:
                with self._state:
                    self._heard_at = self._heard_at or began
                continue
            except Exception as error:  # whatever: rounds must not wait for a thread that is gone
                self._break(_as_told(error), None, [])
            self._settle(heard)

    def _wait_for_quiet(self) -> None:
        longest = time.perf_counter() + _LONGEST_BURST_SECONDS
        while not self._stopping:
            now = time.perf_counter()
            left = min(self._last_at + _QUIET_SECONDS, longest) - now
            if left <= 0:
                return
            self._state.wait(left)

    def _settle(self, heard: int) -> None:
        with self._state:
            self._settled = heard
            self._state.notify_all()

    def _load(self, touched: frozenset[str], heard: int, began: float | None) -> None:
        # First watched, then read: what is saved in between is heard of.
        self._loader.look_what_counts()
        self.before_reading()
        contents = self._loader.read(touched)
        present = self._present
        changed = contents.changed_since(present.contents) if present else []
        if present is not None and not changed and _is_alive(present):
            if self._broken is not None:
                self._set(None, None)
                self._loader.go_back(present)
                self._tell(Mended(self._id, present.number))
            return
        if contents == self._broken_contents and not touched:
            return
        try:
            generation = self._loader.load(contents, self._gives_up, self._on_death)
        except EmulatorError as error:
            if self._touched and time.perf_counter() - (began or 0) < _PATIENCE_SECONDS:
                raise SupersededError from None  # it may have been half written
            self._break(diagnosed(error), contents, changed)
            return
        with self._state:
            self._present = generation
            self._set(None, None)
            seconds = time.perf_counter() - (began or 0)
            self._settle(heard)  # rounds need not wait for its being told
        if present is not None:
            present.replace()
        self._tell(Loaded(self._id, generation.number, changed, generation.way, seconds))

    def _break(self, error: EmulatorError, contents: Contents | None, changed: list[str]) -> None:
        before, before_contents = self._broken, self._broken_contents
        self._set(error, contents)
        if before is not None and before.message == error.message and before_contents == contents:
            return  # told already
        stale = self._present.number if self._present and self._on_broken == "stale" else None
        self._tell(Broken(self._id, error, changed, stale))

    def _set(self, broken: EmulatorError | None, contents: Contents | None) -> None:
        with self._state:
            self._broken, self._broken_contents = broken, contents

    def _gives_up(self, waited: float) -> bool:
        return self._stopping or (bool(self._touched) and waited > _PATIENCE_SECONDS)

    def _on_death(self) -> None:
        """A generation's process has ended, perhaps because we have ended it.

        The next round starts it again. Not before: a plugin that dies of itself would die in a
        circle.
        """
        present = self._present
        if not self._stopping and present is not None and present.running.has_died:
            self._tell(Died(self._id, present.number))


def _as_told(error: Exception) -> EmulatorError:
    if isinstance(error, EmulatorError):
        return error
    details = "".join(traceback.format_exception(error))
    return EmulatorError(f"{type(error).__name__}: {error}", details=details)


def _is_alive(generation: Generation | None) -> bool:
    return generation is not None and not generation.running.has_died
