"""The Python code of a plugin, as it lies in its folder."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_SKIPPED = ("__pycache__", "node_modules")


def read_code(folder: Path) -> dict[str, bytes]:
    """The plugin's modules by their names in the folder; not those of its environment."""
    found = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".")
            and name not in _SKIPPED
            and not Path(place, name, "pyvenv.cfg").exists()
        ]
        for name in names:
            if name.endswith(".py"):
                path = Path(place, name)
                with suppress(OSError):  # a link that leads nowhere; what may not be read
                    if path.is_file():
                        found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def digest_of(code: Mapping[str, bytes]) -> str:
    """What tells one state of a plugin's code from another."""
    import hashlib  # it loads OpenSSL: as long as reading the code of many plugins takes

    digest = hashlib.blake2b(digest_size=6)
    for name in sorted(code):
        if name.endswith(".py"):
            digest.update(f"{name}\0{len(code[name])}\0".encode())
            digest.update(code[name])
    return digest.hexdigest()
