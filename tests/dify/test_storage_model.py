"""Storage against a plain model of the rules, over thousands of sequences of operations."""

import tempfile
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.dify.storage import Storage
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store
from tests.dify.plain_model import PlainModel

LIMIT = 40

parts = st.sampled_from(
    [
        "a",
        "b",
        "c",
        "",
        ".",
        "..",
        "a..b",
        "...",
        "\\",
        "ü",
        "n\0l",
        "x" * 255,
        "x" * 256,
        "é" * 128,
    ]
)
keys = st.lists(parts, min_size=1, max_size=4).map("/".join).filter(bool)
few_keys = st.sampled_from(["a", "a/b", "a/b/c", "b", "a//b", ".", "/"])
some_key = st.one_of(few_keys, few_keys, keys)
values = st.binary(max_size=60)
operations = st.one_of(
    st.tuples(st.just("set"), some_key, values),
    st.tuples(st.sampled_from(["get", "delete", "exist"]), some_key),
)


@pytest.fixture(scope="module")
def state_file() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        yield StateFile(Path(folder) / "state.db")


numbers = count()


@settings(max_examples=2500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(operations, max_size=14))
def test_storage_does_and_says_what_the_plain_model_does(
    state_file: StateFile, sequence: list[Any]
) -> None:
    plugin = f"a/b{next(numbers)}"
    storage = Storage(Store(state_file, "default", plugin), LIMIT)
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        model = PlainModel(Path(folder) / "plugin", LIMIT)
        for operation, *arguments in sequence:
            expected = getattr(model, operation)(*arguments)
            outcome = getattr(storage, operation)(*arguments)
            said = outcome.error and outcome.error.replace(plugin, "a/b")
            if operation == "get" and said is None:
                said = outcome.value
            if operation == "exist" and said is None:
                said = outcome.found
            assert said == expected, (operation, arguments)
            assert storage.store.allocated == model.counted
        with storage.store.reading():
            entries = [each for each in storage.store.starting_with("") if not each.is_folder]
            stored = {each.key: storage.store.read(each) for each in entries}
        assert stored == model.contents()
