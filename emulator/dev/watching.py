"""Hearing of changes in a plugin's folder, with watchdog."""

from collections.abc import Callable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.polling import PollingObserver

from emulator.dev.loading import Loader

_CHANGES = ("created", "modified", "moved", "deleted", "closed")
"""Not `opened` and `closed_no_write`: reading a file is no change."""

_POLL_SECONDS = 0.2


class Watcher(FileSystemEventHandler):
    """Tells the names of files that were touched, from watchdog's thread.

    Folders that never count (`.venv`, `.git`, the state folder) are not watched at all: each
    folder below them would cost the kernel a watch, and each file written there an event.
    """

    def __init__(self, loader: Loader, on_touch: Callable[[str], None]) -> None:
        self._loader, self._on_touch = loader, on_touch
        self._folder = loader.watched.folder.resolve()
        self._observer: BaseObserver = Observer()
        self._watches: dict[Path, ObservedWatch] = {}
        self._links: dict[Path, str] = {}
        """What links lead to, and the links' names in the folder."""

    def start(self) -> None:
        try:
            self._observe()
        except OSError:  # the kernel's limit of watches, or a file system without them
            self._observer.stop()
            self._observer, self._watches = PollingObserver(timeout=_POLL_SECONDS), {}
            self._observe()

    def refresh(self) -> None:
        """Look again what there is to be watched: what counts may have been configured anew."""
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

    def _observe(self) -> None:
        self._observer.start()
        self._observer.schedule(self, str(self._folder), recursive=False)
        self.refresh()

    def _touched(self, path: Path, is_folder: bool) -> None:
        if path in self._links:
            self._on_touch(self._links[path])
        if not path.is_relative_to(self._folder) or path == self._folder:
            return
        name = path.relative_to(self._folder).as_posix()
        if is_folder:
            if path.parent == self._folder:
                self._watch_below(path)
            # Its files may have been there before it was watched.
            if self._loader.watched.counts(f"{name}/_.py"):
                self._on_touch(name)
        elif self._loader.watched.counts(name):
            self._on_touch(name)

    def _watch_below(self, path: Path) -> None:
        if path.is_symlink() or not path.is_dir():
            if watch := self._watches.pop(path, None):
                self._observer.unschedule(watch)
        elif self._loader.watched.counts(f"{path.name}/_.py"):
            self._watch(path, recursive=True)

    def _watch(self, path: Path, *, recursive: bool) -> None:
        if path not in self._watches:
            self._watches[path] = self._observer.schedule(self, str(path), recursive=recursive)
