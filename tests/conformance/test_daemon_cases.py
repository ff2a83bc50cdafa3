"""The daemon's own tests of storage, as far as a plugin can see them.

D core/persistence/persistence_test.go; what it says of files and cache entries is told here by
what the calls give.
"""

import pytest

from tests.conformance.storage_steps import NO_SUCH, NOT_FOUND, TRAVERSAL
from tests.conformance.system import Answer, StorageSystem


def test_what_was_saved_is_loaded(storage: StorageSystem) -> None:
    """TestPersistenceStoreAndLoad, 53-89: no limit of the manifest's own."""
    store = storage.fresh(limit=None)
    assert store.set("4f1b", b"data") == Answer()
    assert store.get("4f1b") == Answer(value=b"data")
    assert store.get("4f1b") == Answer(value=b"data"), "from the cache"
    assert store.exist("4f1b") == Answer(found=True)


def test_a_key_of_257_characters_is_not_saved(storage: StorageSystem) -> None:
    """TestPersistenceSaveAndLoadWithLongKey, 91-109."""
    store = storage.fresh(limit=None)
    assert store.set("a" * 257, b"data").error is not None
    assert store.exist("a" * 257) == Answer(found=False)


def test_what_was_deleted_is_gone(storage: StorageSystem) -> None:
    """TestPersistenceDelete, 111-142: neither file nor cache has it."""
    store = storage.fresh(limit=None)
    store.set("4f1b", b"data")
    assert store.delete("4f1b") == Answer()
    assert store.exist("4f1b") == Answer(found=False)
    assert store.get("4f1b") == Answer(NOT_FOUND)
    assert store.delete("4f1b") == Answer(f"delete data failed: stat {store.root}/4f1b: {NO_SUCH}")


PATHS = {
    "test.txt": False,
    "../test.txt": True,
    "../../test.txt": True,
    "test//test.txt": False,
    "test\\test.txt": True,
    "test/../test.txt": False,
    "/etc/passwd": False,
}


@pytest.mark.parametrize(("key", "refused"), PATHS.items(), ids=list(PATHS))
def test_ways_out_are_refused(key: str, refused: bool, storage: StorageSystem) -> None:
    """TestPersistencePathTraversal, 144-214: by save, load and delete alike."""
    store = storage.fresh(limit=None)
    failed = [
        answer.error is not None
        for answer in (store.set(key, b"data"), store.get(key), store.delete(key))
    ]
    assert failed == [refused] * 3


def test_another_workspace_is_out_of_reach(storage: StorageSystem) -> None:
    """TestPersistencePathTraversal, 216-225: a victim in the same folder of files."""
    attacker = storage.fresh(limit=None)
    victim = storage.beside(attacker, "victim_tenant", "victim/plugin")
    assert victim.set("k", b"secret") == Answer()
    way = "../../../victim_tenant/victim/plugin/k"
    assert attacker.exist(way) == Answer(f"exist data failed: {TRAVERSAL}")
    assert attacker.delete(way) == Answer(f"delete data failed: {TRAVERSAL}")
    assert attacker.get(way) == Answer(NOT_FOUND)
    assert victim.get("k") == Answer(value=b"secret")


def test_workspaces_and_plugins_are_apart(storage: StorageSystem) -> None:
    """D core/persistence/wrapper.go:21-24: one folder a workspace and plugin."""
    mine = storage.fresh()
    other_workspace = storage.beside(mine, "other_tenant", "author/name")
    other_plugin = storage.beside(mine, "other_tenant", "author/other")
    mine.set("k", b"mine")
    other_workspace.set("k", b"theirs")
    assert mine.get("k") == Answer(value=b"mine")
    assert other_workspace.get("k") == Answer(value=b"theirs")
    assert other_plugin.exist("k") == Answer(found=False)
