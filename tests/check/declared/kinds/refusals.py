"""Every field of every kind, without it and with values that are not right; and who refuses it.

``python -m tests.check.declared.kinds.refusals`` writes `refused.txt` anew. Each line of it was
held against the packager, the daemon and the SDK themselves.
"""

import copy
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from emulator.check.declared.declarations import Declarations
from emulator.check.findings import joined
from emulator.safe_yaml import SafeDumper
from tests.check.shaped import plugin

HERE = Path(__file__).parent
REFUSED = HERE / "refused.txt"
WRONG: dict[str, Any] = {"null": None, "list": [[1]], "long": "x" * 1100}


def plugins() -> dict[str, dict[str, Any]]:
    """The declarations of a plugin of each kind, by the manifest's list."""
    text = (HERE / "every_field.yaml").read_text()
    return {kind: copy.deepcopy(files) for kind, files in yaml.safe_load(text).items()}


def changed(files: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is changed, with the files after it."""
    for name in files:
        for path in _paths(files[name]):
            where = ".".join(map(str, path))
            for what in ("missing", *WRONG):
                after = copy.deepcopy(files)
                parent = after[name]
                for step in path[:-1]:
                    parent = parent[step]
                if what == "missing":
                    del parent[path[-1]]
                else:
                    parent[path[-1]] = WRONG[what]
                yield f"{name} {where} {what}", after


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in inner:
        yield (*path, key)
        if isinstance(each, dict | list):
            yield from _paths(each, (*path, key))


def write(folder: Path, kind: str, files: dict[str, Any]) -> Path:
    texts = {name: yaml.dump(data, Dumper=_Plain) for name, data in files.items()}
    return plugin(folder, kind, texts)


class _Plain(SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def refused(folder: Path) -> str:
    """All who refuse a plugin, in order."""
    errors = [each for each in Declarations(folder).check_shapes() if each.is_error]
    return ", ".join(map(str, joined(*(each.by for each in errors))))


def lines(folder: Path, kind: str) -> Iterator[str]:
    """Each change that somebody refuses, with those who do."""
    for what, files in changed(plugins()[kind]):
        if by := refused(write(folder, kind, files)):
            yield f"{kind} {what}: {by}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        found = [line for kind in plugins() for line in lines(Path(folder) / kind, kind)]
    REFUSED.write_text("\n".join(found) + "\n")
