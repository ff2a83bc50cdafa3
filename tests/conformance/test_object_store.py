"""A cloud's object store in place of files: the same rules of keys and bytes, but no folders."""

from dataclasses import replace

from tests.conformance.case import each
from tests.conformance.storage_steps import (
    OVER_QUOTA,
    TRAVERSAL,
    Story,
    drop,
    gone,
    play,
    put,
    read,
)
from tests.conformance.system import StorageSystem

OBJECTS = "K oss/s3/s3.go (PutObject, HeadObject, DeleteObject)"
RULES = "D core/persistence/persistence.go, in front of every kind of store"

K = "k" * 256

CASES = [
    Story("a key and what lies below it are both values", OBJECTS, [
        put("a", b"1"), put("a/b", b"22", count=3), read("a", b"1"), read("a/b", b"22"),
    ]),
    Story("a prefix does not exist", OBJECTS, [put("a/b"), gone("a"), gone("."), read("a", None)]),
    Story("deleting a key leaves what lies below it", OBJECTS, [
        put("a", b"1"), put("a/b", b"22"), drop("a", count=2), gone("a"), read("a/b", b"22"),
    ]),
    Story("nothing is left of a key that is deleted", OBJECTS, [
        put("a/b"), drop("a/b", count=0), gone("a"), gone("."),
    ]),
    Story("'.' is a key like any other", OBJECTS, [
        put(".", b"1", count=1), put("a", b"2"), read("/", b"1"), drop(".", count=1),
        read("a", b"2"),
    ]),
    Story("a name of 256 bytes is a key", OBJECTS, [put(K), read(K), drop(K)]),
    Story("keys are cleaned all the same", RULES, [
        put("a//b", b"1"), read("./a/b", b"1"), put("/a/b", b"22", count=2),
    ]),
    Story("a way out is refused all the same", RULES, [
        put("../x", error=f"save data failed: {TRAVERSAL}"),
        drop("a..b", error=f"delete data failed: {TRAVERSAL}"),
    ]),
    Story("a key of 257 bytes is refused all the same", RULES, [
        put(K + "k", error="save data failed: key length must be less than 256 characters"),
    ]),
    Story("a refused set has stored all the same, and succeeds when repeated", RULES, [
        put("k", 101, error=OVER_QUOTA, count=None), read("k", 101), put("k", 101, count=0),
    ], limit=100),
]  # fmt: skip


@each(CASES)
def test_object_store(case: Story, storage: StorageSystem) -> None:
    play(replace(case, rules="object-store"), storage)


def test_a_missing_key_cannot_be_deleted(storage: StorageSystem) -> None:
    """The words after the prefix are those of the cloud's own client."""
    answer = storage.fresh(rules="object-store").delete("a")
    assert answer.error is not None
    assert answer.error.startswith("delete data failed: ")
    assert "404" in answer.error
