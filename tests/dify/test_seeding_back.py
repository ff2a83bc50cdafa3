"""What was stored, exported, emptied and seeded is what was stored."""

import tempfile
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.dify.filling import reset, seed
from emulator.dify.storage import Storage, StorageRules
from emulator.workspace.history import undo
from emulator.workspace.seeds import read_seed, write_seed
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store

parts = st.sampled_from(["a", "b", "ü/🜚", " ", "- x: [y]", "null", "5", "\n'\"\t", "x" * 200])
keys = st.lists(parts, min_size=1, max_size=3).map("/".join) | st.sampled_from([".", "/", "./a//b"])
values = st.one_of(
    st.binary(),
    st.text().map(str.encode),
    st.sampled_from([b"", b"null", b"1.0", b'{"$hex":"00"}', b'{"a": 1}', bytes(range(256)) * 80]),
)
plugins = count()


@pytest.fixture(scope="module")
def file() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        yield StateFile(Path(folder) / "state.db")


@settings(max_examples=200)
@given(st.sampled_from(["local", "object-store"]), st.dictionaries(keys, values, max_size=6))
def test_export_reset_and_seed_leave_what_was_there(
    file: StateFile, rules: StorageRules, given_values: dict[str, bytes]
) -> None:
    storage = Storage(Store(file, "default", f"a/b{next(plugins)}"), None, rules)
    for key, value in given_values.items():
        storage.set(key, value)
    before = values_of(storage)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seed.yaml"
        text = write_seed((key or ".", value) for key, value in before.items())
        path.write_text(text, encoding="utf-8")
        reset(storage)
        assert values_of(storage) == {}
        assert seed(storage, read_seed(path), "seed.yaml", replace=False) == len(before)
    assert values_of(storage) == before
    assert (storage.store.allocated or 0) == sum(map(len, before.values()))
    while undo(storage.store):
        pass
    assert values_of(storage) == {}


def values_of(storage: Storage) -> dict[str, bytes]:
    store = storage.store
    with store.reading():
        entries = [entry for entry in store.starting_with("") if not entry.is_folder]
        return {entry.key: store.read(entry) for entry in entries}
