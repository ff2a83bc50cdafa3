"""What lies below Dify's persistence: a folder of files, or an object store.

Both keep their entries in the state file. The errors are those of Go's ``os`` package, with the
paths that the daemon would show.
"""

from typing import Protocol

from emulator.dify.dify_error import DifyError
from emulator.dify.production import FOLDER_SIZE, NO_SUCH_OBJECT, PATH_BYTES, STORAGE_ROOT
from emulator.plugin.storage_keys import NAME_BYTES
from emulator.workspace.store import Entry, Store


class Backend(Protocol):
    """K oss.OSS: what persistence asks of its storage."""

    def exists(self, path: str) -> bool: ...

    def size(self, path: str) -> int:
        """Raises DifyError if nothing is there."""

    def load(self, path: str) -> tuple[Entry, bytes]:
        """Raises DifyError if there is no value."""

    def save(self, path: str, value: bytes) -> None:
        """Raises DifyError; parents may have been made by then."""

    def delete(self, path: str) -> int:
        """Remove what is there and below it; gives how many values went."""


class LocalFiles:
    """PLUGIN_STORAGE_TYPE=local: keys are paths (K oss/local/localfile.go)."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._root = f"{STORAGE_ROOT}/{store.workspace}/{store.plugin}"

    def exists(self, path: str) -> bool:
        try:
            self._stat("stat", path)
        except DifyError:
            return False
        return True

    def size(self, path: str) -> int:
        entry = self._stat("stat", path)
        return FOLDER_SIZE if entry.is_folder else entry.size

    def load(self, path: str) -> tuple[Entry, bytes]:
        entry = self._stat("open", path)
        if entry.is_folder:
            raise self._error("read", path, "is a directory")
        return entry, self._store.read(entry)

    def save(self, path: str, value: bytes) -> None:
        # os.MkdirAll, then os.WriteFile. What is there has its parents.
        entry = self._store.find(path)
        if entry is None:
            self._make_parents(path)
            self._check_name("open", path, path)
        elif entry.is_folder:
            raise self._error("open", path, "is a directory")
        self._store.put(path, value)

    def delete(self, path: str) -> int:
        # os.RemoveAll: a folder goes with all that is in it; its parents stay, even empty.
        entry = self._stat("stat", path)
        below = self._store.below(path) if entry.is_folder else []
        for gone in [*below, entry]:
            self._store.remove(gone.key)
        return sum(not gone.is_folder for gone in [*below, entry])

    def _stat(self, verb: str, path: str) -> Entry:
        entry = self._store.find(path)
        if entry is not None:
            return entry
        if "\0" in path:
            raise self._error(verb, path, "invalid argument")
        if len(f"{self._root}/{path}".encode()) >= PATH_BYTES:
            raise self._error(verb, path, "file name too long")
        for parent in _parents(path):
            found = self._store.find(parent)
            if found is None:
                self._check_name(verb, path, parent)
                break
            if not found.is_folder:
                raise self._error(verb, path, "not a directory")
        else:
            self._check_name(verb, path, path)
        raise self._error(verb, path, "no such file or directory")

    def _make_parents(self, path: str) -> None:
        # The plugin's own folder is a parent like any other: a first set(".") makes a file of it.
        for parent in _parents(path):
            entry = self._store.find(parent)
            if entry is None:
                self._check_name("mkdir", parent, parent)
                self._store.make_folder(parent)
            elif not entry.is_folder:
                raise self._error("mkdir", parent, "not a directory")

    def _check_name(self, verb: str, path: str, reached: str) -> None:
        """Refuse the last name of what was ``reached`` on the way to ``path``."""
        name = reached.rpartition("/")[2]
        if "\0" in name:
            raise self._error(verb, path, "invalid argument")
        if len(name.encode()) > NAME_BYTES:
            raise self._error(verb, path, "file name too long")

    def _error(self, verb: str, path: str, why: str) -> DifyError:
        whole = f"{self._root}/{path}" if path else self._root
        return DifyError(f"{verb} {whole}: {why}")


class Objects:
    """A cloud object store: keys are names, without folders (K oss/s3/s3.go)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def exists(self, path: str) -> bool:
        return self._store.find(path) is not None

    def size(self, path: str) -> int:
        return self._find(path).size

    def load(self, path: str) -> tuple[Entry, bytes]:
        entry = self._find(path)
        return entry, self._store.read(entry)

    def save(self, path: str, value: bytes) -> None:
        self._store.put(path, value)

    def delete(self, path: str) -> int:
        self._store.remove(self._find(path).key)
        return 1

    def _find(self, path: str) -> Entry:
        entry = self._store.find(path)
        # Folders are left over only where the rules were changed on a store in use.
        if entry is None or entry.is_folder:
            raise DifyError(NO_SUCH_OBJECT)
        return entry


def _parents(path: str) -> list[str]:
    """The folders above a path, from the plugin's own down: for "a/b", "" and "a"."""
    if not path:
        return []
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(len(parts))]
