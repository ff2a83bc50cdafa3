"""Hearing of changes in a plugin's folder, with watchdog."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.polling import PollingObserver

from emulator.dev.loading import Loader

_CHANGES = ("created", "modified", "moved", "deleted", "closed")
"""Not `opened` and `closed_no_write`: reading a file is no change."""

_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class _Watch:
    """A folder that is watched. The watch is on what the path led to when it was made."""

    watch: ObservedWatch
    identity: tuple[int, int]


class Watcher(FileSystemEventHandler):
    """Tells the names of files that were touched, from watchdog's thread.

    Folders that never count (`.venv`, `.git`, the state folder) are not watched at all: each
    folder below them would cost the kernel a watch, and each file written there an event.
    """

    def __init__(self, loader: Loader, on_touch: Callable[[str], None]) -> None:
        self._loader, self._on_touch = loader, on_touch
        self._folder = loader.watched.folder.resolve()
        self._observer: BaseObserver = Observer()
        self._watches: dict[Path, _Watch] = {}
        self._links: dict[Path, str] = {}
        """What links lead to, and the links' names in the folder."""

    def start(self) -> None:
        """Begin to watch."""
        self._observer.start()
        self.refresh()

    def refresh(self) -> None:
        """Look again what there is to be watched: folders come, go and are put in the place of
        others, and what counts may have been configured anew.

        For one thread, which is not watchdog's: that one holds a lock of its own meanwhile.
        """
        try:
            self._watch_all()
        except OSError:  # the kernel has no watches left: files are looked at instead
            self._observer.stop()
            self._observer, self._watches = PollingObserver(timeout=_POLL_SECONDS), {}
            self._observer.start()
            self._watch_all()

    def _watch_all(self) -> None:
        # The folder's own coming and going is told by the one around it.
        self._watch(self._folder.parent, recursive=False)
        self._watch(self._folder, recursive=False)
        with contextlib.suppress(FileNotFoundError):
            for path in self._folder.iterdir():
                self._watch_below(path)
        for name, entry in self._loader.watched.files():
            target = Path(entry.path).resolve()
            if entry.is_symlink() and not target.is_relative_to(self._folder):
                self._links[target] = name
                self._watch(target.parent, recursive=False)

    def stop(self) -> None:
        self._observer.stop()
        self._observer.join()

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type not in _CHANGES:
            return
        for path in (event.src_path, event.dest_path):
            if path:
                self._touched(Path(str(path)), event.is_directory)

    def _touched(self, path: Path, is_folder: bool) -> None:
        if path in self._links:
            self._on_touch(self._links[path])
        if path == self._folder:
            if self._has_been_replaced(path):
                self._on_touch(".")
        elif path.is_relative_to(self._folder):
            name = path.relative_to(self._folder).as_posix()
            # A folder counts by what could be in it.
            if self._loader.watched.counts(f"{name}/_.py" if is_folder else name):
                self._on_touch(name)

    def _watch_below(self, path: Path) -> None:
        if path.is_symlink() or not path.is_dir():
            self._unwatch(path)
        elif self._loader.watched.counts(f"{path.name}/_.py"):
            self._watch(path, recursive=True)

    def _watch(self, path: Path, *, recursive: bool) -> None:
        if path in self._watches and not self._has_been_replaced(path):
            return
        self._unwatch(path)
        with contextlib.suppress(FileNotFoundError):
            identity = _identity(path)
            watch = self._observer.schedule(self, str(path), recursive=recursive)
            self._watches[path] = _Watch(watch, identity)

    def _unwatch(self, path: Path) -> None:
        if watched := self._watches.pop(path, None):
            with contextlib.suppress(KeyError, OSError):  # it has ended with its folder
                self._observer.unschedule(watched.watch)

    def _has_been_replaced(self, path: Path) -> bool:
        """Whether another folder, or none, is where one is watched."""
        watched = self._watches.get(path)
        try:
            return watched is None or watched.identity != _identity(path)
        except FileNotFoundError:
            return True


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino
