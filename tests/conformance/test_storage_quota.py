"""How Dify counts the bytes of a store: after it has written them."""

from tests.conformance.case import each
from tests.conformance.storage_steps import OVER_QUOTA, Story, drop, gone, play, put, read, there
from tests.conformance.system import Answer, StorageSystem

SAVE = "D core/persistence/persistence.go:37-106 (Save)"
DELETE = "D core/persistence/persistence.go:135-169 (Delete)"
MAXIMUM = "D core/persistence/persistence.go:46-48, types/app/default.go:42"

FOLDER = "save data failed: open ROOT/a: is a directory"

CASES = [
    Story("exactly the limit is allowed", SAVE, [put("k", 100, count=100)], limit=100),
    Story(
        "a set over the limit is refused, and has stored its value",
        SAVE,
        [put("k", 100), put("k", 101, error=OVER_QUOTA, count=100), read("k", 101, count=100)],
        limit=100,
    ),
    Story(
        "the same set, repeated, succeeds",
        SAVE,
        [
            put("k", 100),
            put("k", 101, error=OVER_QUOTA),
            put("k", 101, count=100),
            put("k", 50, count=49),
            put("k", 100, count=99),
            put("k", 101, count=100),
            drop("k", count=-1),
        ],
        limit=100,
    ),
    Story(
        "a first set over the limit stores, and begins no count",
        SAVE,
        [
            put("k", 101, error=OVER_QUOTA, count=None),
            there("k"),
            read("k", 101),
            put("k", 101, count=0),
            drop("k", count=-101),
        ],
        limit=100,
    ),
    Story(
        "a smaller value after a first refusal begins the count below zero",
        SAVE,
        [
            put("k", 150, error=OVER_QUOTA),
            put("k", 40, count=-110),
            put("k", 100, count=-50),
            put("k", 150, count=0),
            put("k", 190, count=40),
            put("k", 291, error=OVER_QUOTA, count=40),
            drop("k", count=-251),
        ],
        limit=100,
    ),
    Story(
        "a delete after a first refusal begins no count",
        DELETE,
        [
            put("k", 150, error=OVER_QUOTA),
            drop("k", count=None),
            gone("k"),
            put("k", 100, count=100),
            put("j", 1, error=OVER_QUOTA, count=100),
        ],
        limit=100,
    ),
    Story(
        "refused sets of one key grow step by step",
        SAVE,
        [
            put("k", 150, error=OVER_QUOTA),
            put("k", 260, error=OVER_QUOTA, count=None),
            put("k", 300, count=40),
        ],
        limit=100,
    ),
    Story(
        "a refused set is counted by nobody until it shrinks",
        SAVE,
        [
            put("k", 150, error=OVER_QUOTA),
            put("j", 100, count=100),
            put("k", 149, count=99),
            put("k", 10, count=-40),
            put("i", 100, count=60),
        ],
        limit=100,
    ),
    Story(
        "all keys share the limit",
        SAVE,
        [
            put("a", 60, count=60),
            put("b", 40, count=100),
            put("c", 1, error=OVER_QUOTA, count=100),
            put("d", 0, count=100),
            put("a", 59, count=99),
            put("c", 1, count=99),
            put("c", 2, count=100),
        ],
        limit=100,
    ),
    Story(
        "deleting what was refused gives back what was never counted",
        DELETE,
        [
            put("a", 60),
            put("b", 60, error=OVER_QUOTA, count=60),
            drop("b", count=0),
            put("c", 100, count=100),
            drop("c", count=0),
            drop("a", count=-60),
        ],
        limit=100,
    ),
    Story(
        "overwriting with the same size costs nothing",
        SAVE,
        [put("k", 100), put("k", 100), put("k", 100, count=100), put("k", 99, count=99)],
        limit=100,
    ),
    Story(
        "all spellings of a key are one value",
        SAVE,
        [
            put("a/b", 80, count=80),
            put("a//b", 90, count=90),
            put("./a/b", 100, count=100),
            put("/a/b", 101, error=OVER_QUOTA, count=100),
            read("a/b", 101),
            drop("a/./b", count=-1),
        ],
        limit=100,
    ),
    Story(
        "deleting a folder gives back 4096 bytes, whatever is in it",
        DELETE,
        [put("d/a", 1000), put("d/b", 2000, count=3000), drop("d", count=-1096)],
    ),
    Story(
        "deleting an empty folder gives back 4096 bytes too",
        DELETE,
        [put("d/a", 10), drop("d/a", count=0), drop("d", count=-4096)],
    ),
    Story(
        "what a folder gave back can be used",
        DELETE,
        [
            put("d/k", 100),
            drop("d", count=-3996),
            put("z", 4096, count=100),
            put("z", 4097, error=OVER_QUOTA, count=100),
        ],
        limit=100,
    ),
    Story(
        "wiping the store gives back 4096 bytes",
        DELETE,
        [put("a", 1000), put("d/b", 2000), drop(".", count=-1096), put("a", 10, count=-1086)],
    ),
    Story(
        "a delete that fails counts nothing",
        DELETE,
        [
            put("k", 5),
            drop("j", error="delete data failed: stat ROOT/j: no such file or directory", count=5),
        ],
    ),
    Story(
        "a set that the file system refuses counts nothing",
        SAVE,
        [put("a/b", 50), put("a", 60, error=FOLDER, count=50), put("a/b", 100, count=100)],
        limit=100,
    ),
    Story(
        "a folder in the way is told before the quota",
        SAVE,
        [put("a/b", 90), put("a", 200, error=FOLDER, count=90)],
        limit=100,
    ),
    Story(
        "a refused set has made its folders",
        SAVE,
        [
            put("d/k", 101, error=OVER_QUOTA, count=None),
            there("d"),
            drop("d", count=None),
            put("d/k", 100, count=100),
        ],
        limit=100,
    ),
    Story(
        "the folder itself, made a file, counts as a value",
        SAVE,
        [
            put(".", 60, count=60),
            put(".", 101, error=OVER_QUOTA, count=60),
            drop(".", count=-41),
            put("a", 50, count=9),
        ],
        limit=100,
    ),
    Story(
        "with a limit of nothing only nothing fits",
        SAVE,
        [
            put("k", 1, error=OVER_QUOTA, count=None),
            put("k", 1, count=0),
            put("k", 0, count=-1),
            put("k", 1, count=0),
            put("k", 2, error=OVER_QUOTA, count=0),
        ],
        limit=0,
    ),
    Story(
        "without a storage block the daemon's maximum is the limit",
        MAXIMUM,
        [
            put("k", 100, count=100),
            put("k", 101, error=OVER_QUOTA, count=100),
            put("k", 101, count=100),
            put("j", 1, error=OVER_QUOTA, count=100),
            put("k", 50, count=49),
        ],
        limit=None,
        maximum=100,
    ),
    Story(
        "a limit above the daemon's maximum does not help",
        MAXIMUM,
        [
            put("k", 50, count=50),
            put("k", 51, error=OVER_QUOTA, count=50),
            put("j", 1, error=OVER_QUOTA, count=50),
            put("k", 100, error=OVER_QUOTA),
            drop("k", count=-50),
        ],
        limit=100,
        maximum=50,
    ),
    Story(
        "a limit below the daemon's maximum counts",
        MAXIMUM,
        [put("k", 101, error=OVER_QUOTA), put("k", 100, count=-1), put("j", 100, count=99)],
        limit=100,
        maximum=200,
    ),
]


@each(CASES)
def test_quota(case: Story, storage: StorageSystem) -> None:
    play(case, storage)


def test_the_daemons_own_maximum_is_100_mib(storage: StorageSystem) -> None:
    """D types/app/default.go:42 (PERSISTENCE_STORAGE_MAX_SIZE), whatever the manifest asks for."""
    store = storage.fresh(limit=1 << 30)
    assert store.set("k", bytes(100 << 20)) == Answer()
    assert store.set("j", b"1") == Answer(OVER_QUOTA)
    assert store.allocated == 100 << 20
