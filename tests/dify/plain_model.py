"""Dify's storage as plainly as it can be said: real files, and the daemon's order of steps.

The oracle of test_storage_model. It shares no code with the emulator: keys are cleaned by hand,
files are the file system's own, and only a directory's size is assumed (4096, as on ext4).
"""

import errno
import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = "storage/persistence/default/a/b"
_WORDS = {
    errno.ENOENT: "no such file or directory",
    errno.ENOTDIR: "not a directory",
    errno.EISDIR: "is a directory",
    errno.ENAMETOOLONG: "file name too long",
}


class Refused(Exception):
    pass


@dataclass
class PlainModel:
    """What set, get, delete and exist do, and what they say."""

    folder: Path
    limit: int
    counted: int | None = None

    def set(self, key: str, value: bytes) -> str | None:
        try:
            path = self._path(key)
            if len(key.encode()) > 256:
                raise Refused("key length must be less than 256 characters")
            old = self._size(path) if self._exists(path) else 0
            self._make_parents(path)
            self._write(path, value)
            growth = len(value) - old
            if (self.counted or 0) + growth > self.limit:
                raise Refused("allocated size is greater than max storage size")
            self.counted = (self.counted or 0) + growth
        except Refused as refused:
            return f"save data failed: {refused}"
        return None

    def get(self, key: str) -> bytes | str:
        try:
            return (self.folder / self._path(key)).read_bytes()
        except (Refused, OSError, ValueError):
            return "load data failed, please check if the key is correct or you have not set it"

    def delete(self, key: str) -> str | None:
        try:
            path = self._path(key)
            size = self._size(path)
        except Refused as refused:
            return f"delete data failed: {refused}"
        whole = self.folder / path
        if whole.is_dir():
            shutil.rmtree(whole)
        else:
            whole.unlink()
        if self.counted is not None:
            self.counted -= size
        return None

    def exist(self, key: str) -> bool | str:
        try:
            return self._exists(self._path(key))
        except Refused as refused:
            return f"exist data failed: {refused}"

    def contents(self) -> dict[str, bytes]:
        if self.folder.is_file():
            return {"": self.folder.read_bytes()}
        files = (each for each in self.folder.rglob("*") if each.is_file())
        return {str(each.relative_to(self.folder)): each.read_bytes() for each in files}

    def _path(self, key: str) -> str:
        parts: list[str] = []
        for part in key.split("/"):
            if part == ".." and parts and parts[-1] != "..":
                parts.pop()
            elif part == ".." and key.startswith("/"):
                continue
            elif part not in ("", "."):
                parts.append(part)
        path = "/".join(parts)
        if ".." in path or "\\" in path:
            raise Refused("invalid key: path traversal attempt detected")
        return path

    def _exists(self, path: str) -> bool:
        try:
            self._size(path)
        except Refused:
            return False
        return True

    def _size(self, path: str) -> int:
        try:
            found = (self.folder / path).stat()
        except (OSError, ValueError) as error:
            raise self._refused("stat", path, error) from None
        return 4096 if (self.folder / path).is_dir() else found.st_size

    def _make_parents(self, path: str) -> None:
        parts = path.split("/") if path else []
        for depth in range(len(parts)):
            parent = "/".join(parts[:depth])
            try:
                (self.folder / parent).mkdir(exist_ok=True)
            except FileExistsError:
                raise Refused(f"mkdir {_shown(parent)}: not a directory") from None
            except (OSError, ValueError) as error:
                raise self._refused("mkdir", parent, error) from None

    def _write(self, path: str, value: bytes) -> None:
        try:
            (self.folder / path).write_bytes(value)
        except (OSError, ValueError) as error:
            raise self._refused("open", path, error) from None

    def _refused(self, verb: str, path: str, error: OSError | ValueError) -> Refused:
        word = "invalid argument"  # Python says ValueError for a NUL in a path
        if isinstance(error, OSError):
            word = _WORDS[error.errno or 0]
        return Refused(f"{verb} {_shown(path)}: {word}")


def _shown(path: str) -> str:
    return f"{ROOT}/{path}" if path else ROOT
