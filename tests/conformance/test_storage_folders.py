"""Keys are files, so that some keys are folders of others."""

from tests.conformance.case import each
from tests.conformance.storage_steps import (
    NO_SUCH,
    Story,
    drop,
    gone,
    play,
    put,
    read,
    there,
)
from tests.conformance.system import StorageSystem

SAVE = "K oss/local/localfile.go:32-40 (os.MkdirAll, os.WriteFile)"
DELETE = "K oss/local/localfile.go:103-107 (os.RemoveAll)"
EXIST = "D core/persistence/persistence.go:171-192, K oss/local/localfile.go:48-53 (os.Stat)"
LOAD = "D core/io_tunnel/backwards_invocation/task.go:543-575, K oss/local/localfile.go:42-46"

A_FOLDER = "save data failed: open ROOT/a: is a directory"
A_FILE = "save data failed: mkdir ROOT/a: not a directory"
MISSING = f"delete data failed: stat ROOT/a: {NO_SUCH}"

CASES = [
    Story(
        "a key's parents exist, and are no values",
        EXIST,
        [put("d/f"), there("d"), there("d/"), there("."), read("d", None), read(".", None)],
    ),
    Story(
        "exist asks for whole parts of a key",
        EXIST,
        [put("abc/d"), gone("ab"), gone("abc/x"), there("abc")],
    ),
    Story(
        "delete takes a folder with all that is below it",
        DELETE,
        [
            put("a/x", b"1"),
            put("a/y", b"22"),
            put("ab", b"3"),
            drop("a"),
            gone("a"),
            gone("a/x"),
            read("a/y", None),
            read("ab", b"3"),
            put("a/x", b"333"),
            read("a/x", b"333"),
        ],
    ),
    Story(
        "delete takes a folder however deep it is",
        DELETE,
        [
            put("a/b/c/d/e/f"),
            there("a/b/c"),
            drop("a/b/c"),
            there("a/b"),
            gone("a/b/c/d/e/f"),
            drop("a"),
            gone("a"),
        ],
    ),
    Story(
        "a parent stays when its last key is deleted",
        DELETE,
        [put("a/b"), drop("a/b", count=0), there("a"), put("a", error=A_FOLDER)],
    ),
    Story(
        "an empty parent can be deleted, and then be a key",
        DELETE,
        [put("a/b"), drop("a/b"), drop("a"), put("a", b"4"), read("a", b"4")],
    ),
    Story(
        "the folder of all keys stays when the last of them is deleted",
        DELETE,
        [put("a"), drop("a"), there("."), drop("a", error=MISSING)],
    ),
    Story(
        "a folder cannot become a value",
        SAVE,
        [put("a/b"), put("a", error=A_FOLDER, count=1), read("a/b"), drop("a"), put("a")],
    ),
    Story(
        "a value cannot become a folder",
        SAVE,
        [
            put("a", b"1"),
            put("a/b", error=A_FILE),
            put("a/b/c", error=A_FILE, count=1),
            gone("a/b"),
            read("a/b", None),
            drop("a/b", error="delete data failed: stat ROOT/a/b: not a directory"),
            gone("a/b/c"),
            drop("a/b/c", error="delete data failed: stat ROOT/a/b/c: not a directory"),
            read("a", b"1"),
        ],
    ),
    Story(
        "set of '.' on a fresh store makes a file of the folder, and no other key fits",
        SAVE,
        [
            put(".", b"1", count=1),
            put("a", error="save data failed: mkdir ROOT: not a directory"),
            read(".", b"1"),
            read("/", b"1"),
            there("./"),
            gone("a"),
            drop("a", error="delete data failed: stat ROOT/a: not a directory"),
            drop(".", count=0),
            put("a", b"3"),
            read("a", b"3"),
        ],
    ),
    Story(
        "set of '.' beside other keys is refused",
        SAVE,
        [
            put("a"),
            put(".", error="save data failed: open ROOT: is a directory", count=1),
            there("."),
            read("a"),
        ],
    ),
    Story(
        "delete of '.' wipes the store",
        DELETE,
        [
            put("a", b"1"),
            put("b/c", b"22"),
            drop("."),
            gone("a"),
            gone("b"),
            gone("b/c"),
            gone("."),
            drop(".", error=f"delete data failed: stat ROOT: {NO_SUCH}"),
            put("a", b"3"),
            read("a", b"3"),
        ],
    ),
    Story(
        "delete of '/' wipes the store",
        DELETE,
        [put("a"), put("b/c"), drop("/"), gone("a"), gone("b/c")],
    ),
    Story(
        "on an empty store nothing exists, not even the folder",
        EXIST,
        [
            gone("a"),
            gone("."),
            read("a", None),
            drop("a", error=MISSING),
            drop(".", error=f"delete data failed: stat ROOT: {NO_SUCH}", count=None),
        ],
    ),
    Story(
        "a set that fails on its name has made its folders",
        SAVE,
        [
            put("n/a\0b", error="save data failed: open ROOT/n/a\0b: invalid argument"),
            there("n"),
            drop("n", count=None),
            gone("n"),
        ],
    ),
    Story(
        "every failure of get is told in the same words",
        LOAD,
        [put("d/f"), read("d", None), read("missing", None), read("..", None), read("\0", None)],
    ),
    Story(
        "an empty value is a value",
        SAVE,
        [put("k", b"", count=0), there("k"), read("k", b""), drop("k"), gone("k")],
    ),
    Story(
        "a value is bytes",
        SAVE,
        [put("k", b'\x00\xff\n\r"', count=5), read("k", b'\x00\xff\n\r"')],
    ),
]


@each(CASES)
def test_folders(case: Story, storage: StorageSystem) -> None:
    play(case, storage)
