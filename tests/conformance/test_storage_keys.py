"""Which keys Dify takes, and what it makes of them."""

from dataclasses import dataclass

from tests.conformance.case import Case, each, rows
from tests.conformance.storage_steps import (
    NO_SUCH,
    NOT_FOUND,
    TOO_LONG,
    TRAVERSAL,
    Story,
    drop,
    gone,
    play,
    put,
    read,
    there,
)
from tests.conformance.system import Answer, StorageSystem

CHECK = "D core/persistence/persistence.go:29-35 (checkPathTraversal)"
LENGTH = "D core/persistence/persistence.go:42-44 (Save)"
PLACE = "D core/persistence/wrapper.go:21-24 (path.Clean, path.Join)"
FILES = "K oss/local/localfile.go:32-64 (os.MkdirAll, os.WriteFile, os.Stat)"


@dataclass(frozen=True, slots=True)
class Spelling(Case):
    """A key and the plain one that it means; "" is the folder of all keys."""

    key: str
    means: str


def _means(key: str, means: str, says: str) -> Spelling:
    return Spelling(f"{key!r} {says}", PLACE, key, means)


SPELLINGS = [
    _means("a//b", "a/b", "loses a doubled slash"),
    _means("a////b///c", "a/b/c", "loses all doubled slashes"),
    _means("a/../b", "b", "goes up and down again"),
    _means("a/./b", "a/b", "loses a dot"),
    _means("a/", "a", "loses its last slash"),
    _means("a/b/", "a/b", "loses its last slash"),
    _means("a/.", "a", "loses its last dot"),
    _means("./a", "a", "loses its first dot"),
    _means("././a", "a", "loses its first dots"),
    _means("/a", "a", "is not absolute"),
    _means("///a", "a", "is not absolute"),
    _means("/etc/passwd", "etc/passwd", "stays in the plugin's folder"),
    _means("/../x", "x", "cannot go above the root"),
    _means("/a/../../b", "b", "cannot go above the root"),
    _means(".", "", "is the folder of all keys"),
    _means("/", "", "is the folder of all keys"),
    _means("./", "", "is the folder of all keys"),
    _means("//", "", "is the folder of all keys"),
    _means("foo/..", "", "is the folder of all keys"),
    _means("a/b/../..", "", "is the folder of all keys"),
    _means("/..", "", "is the folder of all keys"),
    _means(".hidden", ".hidden", "may begin with a dot"),
    _means("a/.hidden", "a/.hidden", "may have a part that begins with a dot"),
    _means("%2e%2e/x", "%2e%2e/x", "is not percent-decoded"),
    _means(" ", " ", "is a key of one space"),
    _means("a ", "a ", "keeps its last space"),
    _means("a\nb", "a\nb", "keeps its newline"),
    _means("\t", "\t", "is a key of one tab"),
    _means("~/x", "~/x", "is not somebody's home"),
    _means("$HOME", "$HOME", "is not a variable"),
    _means("a*b?", "a*b?", "is not a pattern"),
    _means("a:b", "a:b", "keeps its colon"),
    _means("a&b<c>", "a&b<c>", "keeps its signs"),
    _means('"q"', '"q"', "keeps its quotes"),
    _means("-", "-", "is a key"),
    _means("中/é/😀", "中/é/😀", "keeps its characters"),
]


@each(SPELLINGS)
def test_a_key_is_cleaned_as_a_path(case: Spelling, storage: StorageSystem) -> None:
    store = storage.fresh()
    assert store.set(case.key, b"v1") == Answer()
    assert store.exist(case.key) == Answer(found=True)
    assert store.get(case.key) == Answer(value=b"v1")
    plain = case.means or "."
    assert store.get(plain) == Answer(value=b"v1")
    assert store.delete(case.key) == Answer()
    assert store.allocated == 0
    assert store.exist(plain) == Answer(found=False)
    assert store.get(case.key) == Answer(NOT_FOUND)
    path = f"{store.root}/{case.means}".rstrip("/")
    assert store.delete(case.key) == Answer(f"delete data failed: stat {path}: {NO_SUCH}")


@dataclass(frozen=True, slots=True)
class Key(Case):
    key: str


REFUSED = {
    "'..' alone": "..",
    "a way out of the folder": "../x",
    "a way out, further up": "../../x",
    "a way out behind a name": "foo/../..",
    "a way out between names": "a/../../b",
    "two dots between letters": "a..b",
    "two dots between versions": "v1..v2",
    "two dots before a name": "..a",
    "two dots after a name": "a..",
    "two dots in a part": "a/..b",
    "two dots behind a dot": "./..x",
    "three dots": "...",
    "three dots as a part": "a/.../b",
    "a backslash": "a\\b",
    "a backslash alone": "\\",
    "a backslash before a slash": "a\\/b",
}


@each(rows(Key, CHECK, {says: (key,) for says, key in REFUSED.items()}))
def test_what_looks_like_a_way_out_is_refused_by_every_call(
    case: Key, storage: StorageSystem
) -> None:
    key = case.key
    story = Story(
        case.says,
        case.source,
        [
            put(key, error=f"save data failed: {TRAVERSAL}", count=None),
            there(key, error=f"exist data failed: {TRAVERSAL}"),
            read(key, None),
            drop(key, error=f"delete data failed: {TRAVERSAL}"),
            gone("."),
        ],
    )
    play(story, storage)


K = "k" * 300
LONG = "file name too long"
E_ACUTE, HAN, EMOJI = "\u00e9", "\u4e2d", "\U0001f600"

LENGTHS = [
    Story("a name of 255 bytes is a key", FILES, [put(K[:255]), read(K[:255]), drop(K[:255])]),
    Story(
        "a name of 256 bytes passes Dify's rule and fails the file system's",
        FILES,
        [
            gone("."),
            put(K[:256], error=f"save data failed: open ROOT/{K[:256]}: {LONG}", count=None),
            gone(K[:256]),
            read(K[:256], None),
            there("."),  # the plugin's folder had been made by then
        ],
    ),
    Story(
        "a key of 257 bytes is refused by set only",
        LENGTH,
        [
            put(K[:257], error=TOO_LONG, count=None),
            gone(K[:257]),
            read(K[:257], None),
            gone("."),
        ],
    ),
    Story(
        "256 bytes in two parts are a key",
        LENGTH,
        [put("x/" + K[:254]), read("x/" + K[:254]), drop("x/" + K[:254]), there("x")],
    ),
    Story(
        "257 bytes in two parts are refused before a folder is made",
        LENGTH,
        [put("x/" + K[:255], error=TOO_LONG), gone("x")],
    ),
    Story(
        "the length is that of the key as it was written",
        LENGTH,
        [
            put("./" + K[:255], error=TOO_LONG),
            put(K[:255]),
            read("./" + K[:255]),
            drop("./" + K[:255], count=0),
        ],
    ),
    Story(
        "a key of slashes is too long for set, not for the others",
        LENGTH,
        [
            put("/" * 257 + "k", error=TOO_LONG),
            put("k"),
            read("/" * 257 + "k"),
            there("/" * 257 + "k"),
            drop("/" * 257 + "k"),
        ],
    ),
    Story("85 Chinese characters are 255 bytes", LENGTH, [put(HAN * 85), read(HAN * 85)]),
    Story("86 Chinese characters are 258 bytes", LENGTH, [put(HAN * 86, error=TOO_LONG)]),
    Story(
        "128 times é is 256 bytes, too long for one name",
        FILES,
        [
            put(E_ACUTE * 127, count=1),
            put(E_ACUTE * 128, error=f"save data failed: open ROOT/{E_ACUTE * 128}: {LONG}"),
            put(E_ACUTE * 129, error=TOO_LONG, count=1),
        ],
    ),
    Story(
        "64 emoji are 256 bytes in one name, 63 fit",
        FILES,
        [
            put(EMOJI * 64, error=f"save data failed: open ROOT/{EMOJI * 64}: {LONG}"),
            put(EMOJI * 63),
            there(EMOJI * 63),
        ],
    ),
    Story(
        "a delete does not ask for the length and finds nothing",
        FILES,
        [drop(K[:257], error=f"delete data failed: stat ROOT/{K[:257]}: {NO_SUCH}")],
    ),
    Story(
        "a delete of a name over 255 bytes fails in the file system once there is a folder",
        FILES,
        [put("x"), drop(K[:256], error=f"delete data failed: stat ROOT/{K[:256]}: {LONG}")],
    ),
    Story(
        "a path over 4096 bytes is too long for the system",
        FILES,
        [
            gone("k" * 5000),
            drop("k" * 5000, error=f"delete data failed: stat ROOT/{'k' * 5000}: {LONG}"),
        ],
    ),
]


@each(LENGTHS)
def test_lengths_are_counted_in_bytes(case: Story, storage: StorageSystem) -> None:
    play(case, storage)


INVALID = "invalid argument"

NUL = [
    Story(
        "a NUL in a name fails when the file is opened",
        FILES,
        [
            put("a\0b", error=f"save data failed: open ROOT/a\0b: {INVALID}", count=None),
            gone("a\0b"),
            read("a\0b", None),
            drop("a\0b", error=f"delete data failed: stat ROOT/a\0b: {INVALID}"),
            there("."),
        ],
    ),
    Story(
        "a NUL in a folder fails when the folder is made",
        FILES,
        [
            put("a\0b/c", error=f"save data failed: mkdir ROOT/a\0b: {INVALID}", count=None),
            drop("a\0b/c", error=f"delete data failed: stat ROOT/a\0b/c: {INVALID}"),
        ],
    ),
    Story(
        "the folders above a NUL are made before it fails",
        FILES,
        [
            put("p/a\0b/c", error=f"save data failed: mkdir ROOT/p/a\0b: {INVALID}"),
            there("p"),
            drop("p/a\0b/c", error=f"delete data failed: stat ROOT/p/a\0b/c: {INVALID}"),
        ],
    ),
    Story(
        "a NUL alone is no key",
        FILES,
        [put("\0", error=f"save data failed: open ROOT/\0: {INVALID}"), gone("\0")],
    ),
    Story(
        "a NUL does no harm to other keys",
        FILES,
        [put("x"), put("a\0b", error=f"save data failed: open ROOT/a\0b: {INVALID}"), read("x")],
    ),
]


@each(NUL)
def test_a_nul_is_left_to_the_file_system(case: Story, storage: StorageSystem) -> None:
    play(case, storage)


DISTINCT = [
    Story(
        "capitals count",
        FILES,
        [put("Key", b"1"), gone("key"), put("key", b"2", count=2), read("Key", b"1")],
    ),
    Story(
        "composed and decomposed é are two keys",
        FILES,
        [
            put("\u00e9", b"nfc"),
            gone("e\u0301"),
            put("e\u0301", b"nfd", count=6),
            read("\u00e9", b"nfc"),
        ],
    ),
]


@each(DISTINCT)
def test_keys_are_told_apart_as_bytes(case: Story, storage: StorageSystem) -> None:
    play(case, storage)
