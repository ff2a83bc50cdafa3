"""``python .../inside FD``: loads this package by its place, whatever the path may hold."""

import sys

_started_with = frozenset(sys.modules)

import importlib.util  # noqa: E402
from pathlib import Path  # noqa: E402

_FOLDER = Path(__file__).parent
_NAME = "dify_emulator_inside"

del sys.path[0]  # this folder; the plugin's own comes in its place
_spec = importlib.util.spec_from_file_location(
    _NAME, _FOLDER / "__init__.py", submodule_search_locations=[str(_FOLDER)]
)
assert _spec
sys.modules[_NAME] = importlib.util.module_from_spec(_spec)
importlib.import_module(f"{_NAME}.process").main(int(sys.argv.pop()), _started_with)
