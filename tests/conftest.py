"""Fixtures for all tests."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from emulator.dify.storage import Storage, StorageRules
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store
from tests.support.emulator import Emulator
from tests.support.plugin import write_plugin

# A noisy machine makes the first input late, and one input slow; neither says anything of the code.
settings.register_profile("noisy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("noisy")

MakePlugin = Callable[..., Emulator]


@pytest.fixture
def make_plugin(tmp_path: Path) -> MakePlugin:
    """Write a plugin (see write_plugin) and give the commands on it."""

    def make(**options: Any) -> Emulator:
        return Emulator(write_plugin(tmp_path / "plugin", **options), tmp_path / "state")

    return make


@pytest.fixture
def state_file(tmp_path: Path) -> StateFile:
    return StateFile(tmp_path / "state" / "state.db")


MakeStorage = Callable[..., Storage]


@pytest.fixture
def make_storage(state_file: StateFile) -> MakeStorage:
    """Storage under Dify's rules; each call with a name of its own has its own."""

    def make(
        limit: int | None = 1_000_000, rules: StorageRules = "local", plugin: str = "a/b"
    ) -> Storage:
        return Storage(Store(state_file, "default", plugin), limit, rules)

    return make
