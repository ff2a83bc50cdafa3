"""The memory of a plugin that ``dev`` serves: its storage in each workspace."""

import threading
from pathlib import Path

from emulator.dev.outside_changes import OwnRounds
from emulator.dify.filling import seed_untouched
from emulator.dify.storage import Storage
from emulator.plugin.config import Config
from emulator.plugin.plugin import Plugin
from emulator.workspace.seeds import read_seed
from emulator.workspace.state_file import StateFile
from emulator.workspace.store import Store


class Memory:
    """Opens storages as generations need them. Raises StateFileError."""

    def __init__(self, state_dir: Path, seed: Path | None) -> None:
        self.file = StateFile(state_dir / "state.db")
        self.book = OwnRounds(self.file)
        self._seed = seed
        self._stores: dict[tuple[str, str], Store] = {}
        self._lock = threading.Lock()

    def storage(self, plugin: Plugin, config: Config, workspace: str) -> Storage:
        """A plugin's storage: its manifest says whose it is, and how large.

        A workspace that nobody has used yet is filled from the seed. Raises EmulatorError.
        """
        with self._lock:
            store = self._stores.get((workspace, plugin.id))
            is_new = store is None
            if store is None:
                store = self._stores[workspace, plugin.id] = Store(self.file, workspace, plugin.id)
        storage = Storage(store, plugin.manifest.storage_limit, config.storage_rules)
        if is_new and store.untouched:
            self._fill(storage, plugin.folder, config)
        return storage

    def _fill(self, storage: Storage, folder: Path, config: Config) -> None:
        file = self._seed or (folder / config.seed if config.seed else None)
        if file is not None:
            seed_untouched(storage, read_seed(file), file.name)
