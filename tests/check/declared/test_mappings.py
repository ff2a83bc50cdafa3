"""Missing, unknown, misspelled and misplaced fields; lists and mappings of any names."""

from pathlib import Path

from emulator.check.declared.document import read_document
from emulator.check.declared.mappings import FreeMap, ListOf, ListOrNamed, Map, Named
from emulator.check.declared.scalars import FileName, Flag, OneOf, Text
from emulator.check.declared.shapes import GO, Field, Shape, Spot
from emulator.check.findings import AT_DEBUGGING, AT_LOAD, AT_PACKAGING, Finding
from emulator.check.once import once_a_file
from tests.check.checked import write
from tests.check.shaped import findings_of, who_refuses

_NEEDED = (AT_LOAD, AT_PACKAGING)
_INNER = Map({"llm": Field(Text(), _NEEDED), "icon": Field(Text()), "human": Field(Text())})
_OUTER = Map(
    {
        "identity": Field(_INNER, _NEEDED),
        "description": Field(Text(), _NEEDED),
        "tags": Field(ListOf(Text())),
    }
)


def _found(folder: Path, shape: Shape, text: str) -> list[Finding]:
    write(folder, "file.yaml", text)
    document = read_document(folder, "file.yaml")
    return sorted(each for each in shape.check(Spot(document, ""), document.root) if each.by)


def _told(folder: Path, text: str) -> list[str]:
    found = _found(folder, _OUTER, text)
    return [f"{each.place.line}:{each.place.column} {each.code} {each.advice}" for each in found]


def test_a_whole_one(tmp_path: Path) -> None:
    assert _told(tmp_path, "identity: {llm: a, icon: b}\ndescription: c\ntags: [d]\n") == []


def test_a_needed_field_is_missing(tmp_path: Path) -> None:
    assert _told(tmp_path, "description: c\nidentity:\n  icon: b\n") == [
        "3:3 DE605 Add `llm: ...`."
    ]


def test_it_is_misspelled(tmp_path: Path) -> None:
    assert _told(tmp_path, "identity: {llm: a}\nDescripton: c\n") == [
        "2:1 DE606 Write `description`."
    ]


def test_it_stands_at_the_wrong_level(tmp_path: Path) -> None:
    text = "identity:\n  llm: a\n  description: c\n"
    assert _told(tmp_path, text) == ["3:3 DE607 Move `description` to the left margin."]


def test_another_field_is_misspelled(tmp_path: Path) -> None:
    text = "identity: {llm: a}\ndescription: c\ntag: [d]\n"
    assert _told(tmp_path, text) == ["3:1 DE608 Did you mean `tags`?"]


def test_another_field_stands_too_deep(tmp_path: Path) -> None:
    text = "identity:\n  llm: a\n  tags: [d]\ndescription: c\n"
    assert _told(tmp_path, text) == ["3:3 DE609 Move `tags` to the left margin."]


def test_another_field_stands_too_high(tmp_path: Path) -> None:
    text = "identity: {llm: a}\ndescription: c\nicon: b\n"
    assert _told(tmp_path, text) == ["3:1 DE609 Move it under `identity`."]


def test_a_field_that_nobody_reads(tmp_path: Path) -> None:
    text = "identity: {llm: a}\ndescription: c\ntags: [d]\nicon_color: b\n"
    assert _told(tmp_path, text) == ["4:1 DE610 Leave it out."]


def test_a_short_word_is_near_to_itself_only(tmp_path: Path) -> None:
    text = "identity:\n  llm: a\n  cn: b\n  ICON: c\ndescription: c\n"
    assert _told(tmp_path, text) == [
        "3:3 DE610 Leave it out.",
        "4:3 DE608 Did you mean `icon`?",
    ]


def test_a_merged_field_counts(tmp_path: Path) -> None:
    text = "identity: &one {llm: a}\ndescription: c\ntags: []\n"
    assert _told(tmp_path, text) == []
    merged = Map({"a": Field(Map({}), ()), "b": Field(_INNER)})
    assert _found(tmp_path, merged, "a: &one {}\nb:\n  <<: {llm: x}\n") == []


def test_an_alias_is_read_by_the_sdk_alone(tmp_path: Path) -> None:
    shape = Map({"en_US": Field(Text(), _NEEDED)}, aliases={"en_us": "en_US"})
    (found,) = _found(tmp_path, shape, "en_us: a\n")
    assert (found.code, found.by) == ("DE606", (AT_PACKAGING,))
    shape = Map({"en_US": Field(Text(), (AT_LOAD, AT_DEBUGGING))}, aliases={"en_us": "en_US"})
    (found,) = _found(tmp_path, shape, "en_us: a\n")
    assert (found.code, found.by) == ("DE608", (AT_PACKAGING,))


def test_the_same_warning_is_told_once_a_file(tmp_path: Path) -> None:
    found = _found(tmp_path, ListOf(Map({})).shape, "x: 1\n")
    assert [each.message for each in once_a_file(found)] == ["`x` is read by nobody"]
    many = _found(tmp_path, Map({"a": Field(ListOf(Map({})))}), "a: [{x: 1}, {x: 1}, {y: 1}]\n")
    assert [(str(each.place), each.message) for each in once_a_file(many)] == [
        ("file.yaml:1:6", "`x` is read by nobody (2 times in this file)"),
        ("file.yaml:1:22", "`y` is read by nobody"),
    ]


def test_errors_are_told_at_each_place_with_all_who_mind(tmp_path: Path) -> None:
    shape = Map({"a": Field(ListOf(Text()))})
    found = _found(tmp_path, shape, "a: [1, 1]\n")
    go = [Finding(x.place, x.code, x.message, x.advice, (AT_PACKAGING,)) for x in found]
    assert [(each.place.column, each.by) for each in once_a_file([*found, *go])] == [
        (5, (AT_LOAD, AT_PACKAGING)),
        (8, (AT_LOAD, AT_PACKAGING)),
    ]


def test_lists(tmp_path: Path) -> None:
    assert who_refuses(tmp_path, ListOf(Text()), "[a]") == ""
    assert who_refuses(tmp_path, ListOf(Text()), "{a: b}") == "SDK, packager"
    assert who_refuses(tmp_path, ListOf(Text(), go_skips=True), "a") == "SDK"
    assert findings_of(tmp_path, ListOf(Text()), "[a, ~]") == ["1:12 DE604 SDK"]
    assert findings_of(tmp_path, ListOf(FileName()), "[a, ~]") == ["1:12 DE604 SDK, packager"]
    few = ListOf(Text(), most=1, bounded_by=(AT_PACKAGING,))
    assert findings_of(tmp_path, few, "[a, b]") == ["1:8 DE613 packager"]


def test_mappings_of_names(tmp_path: Path) -> None:
    shape = Named(Map({"flag": Field(Flag())}))
    assert findings_of(tmp_path, shape, "{a: {flag: true}}") == []
    assert findings_of(tmp_path, shape, "{a: {flag: []}}") == ["1:19 DE604 SDK, packager"]
    assert findings_of(tmp_path, shape, "[a]") == ["1:8 DE604 SDK, packager"]
    assert findings_of(tmp_path, shape, "{a: b}") == ["1:12 DE604 SDK, packager"]
    assert findings_of(tmp_path, Named(shape.shape, go_skips=True), "{a: b}") == ["1:12 DE604 SDK"]
    assert findings_of(tmp_path, shape, "{1: {}}") == ["1:9 DE604 SDK"]


def test_a_list_or_a_mapping_of_names(tmp_path: Path) -> None:
    one = Map({"flag": Field(Flag())})
    either = ListOrNamed(ListOf(one), Named(one))
    a_list = ListOrNamed(ListOf(one), Named(one), sdk_mappings=False)
    a_mapping = ListOrNamed(ListOf(one), Named(one), sdk_lists=False)
    assert [who_refuses(tmp_path, each, "[{}]") for each in (either, a_list, a_mapping)] == [
        "",
        "",
        "SDK",
    ]
    assert [who_refuses(tmp_path, each, "{a: {}}") for each in (either, a_list, a_mapping)] == [
        "",
        "SDK",
        "",
    ]
    assert findings_of(tmp_path, either, "abc") == ["1:8 DE604 SDK, packager"]
    # within what the SDK refuses, Go still looks at each value
    assert findings_of(tmp_path, a_list, "{a: {flag: []}}") == [
        "1:8 DE604 SDK",
        "1:19 DE604 packager",
    ]


def test_mappings_of_anything(tmp_path: Path) -> None:
    assert findings_of(tmp_path, FreeMap(), "{a: [b], c: {}}") == []
    assert findings_of(tmp_path, FreeMap(), "[a]") == ["1:8 DE604 SDK, packager"]
    assert findings_of(tmp_path, FreeMap(), "{on: a}") == ["1:9 DE604 SDK"]
    keys = FreeMap(OneOf(("mode",), (AT_LOAD,)))
    assert findings_of(tmp_path, keys, "{mode: a, made: b}") == ["1:18 DE611 SDK"]


def test_a_mapping_that_go_skips(tmp_path: Path) -> None:
    assert who_refuses(tmp_path, Map({}), "a") == "SDK, packager"
    assert who_refuses(tmp_path, Map({}, go_skips=True), "a") == "SDK"
    assert who_refuses(tmp_path, Field(Map({}), readers=GO), "a") == "packager"
