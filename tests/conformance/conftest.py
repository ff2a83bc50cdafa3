"""The system under test: the emulator, or what DIFY_EMULATOR_SYSTEM=module:Class names."""

import importlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.system import (
    EndpointRequestSystem,
    InvocationSystem,
    SessionSystem,
    StorageSystem,
    System,
    ToolOutputSystem,
    ToolRequestSystem,
    Unsupported,
)

_DEFAULT = "tests.conformance.emulator_system:EmulatorSystem"


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    module, _, name = os.environ.get("DIFY_EMULATOR_SYSTEM", _DEFAULT).partition(":")
    chosen: type[System] = getattr(importlib.import_module(module), name)
    with tempfile.TemporaryDirectory() as folder:  # gone at once: some cases are large
        instance = chosen(Path(folder))
        yield instance
        instance.close()


@pytest.fixture
def storage(system: System) -> StorageSystem:
    return system.storage


@pytest.fixture
def invocations(system: System) -> InvocationSystem:
    return system.invocations


@pytest.fixture
def endpoint_requests(system: System) -> EndpointRequestSystem:
    return system.endpoint_requests


@pytest.fixture
def sessions(system: System) -> SessionSystem:
    return system.sessions


@pytest.fixture
def tool_requests(system: System) -> ToolRequestSystem:
    return system.tool_requests


@pytest.fixture
def tool_outputs(system: System) -> ToolOutputSystem:
    return system.tool_outputs


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    try:
        yield
    except Unsupported as lacking:
        pytest.skip(str(lacking))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Iterator[None]:
    try:
        yield
    except Unsupported as lacking:
        pytest.skip(str(lacking))
