"""Who refuses which single value: found out with the SDK and with yaml.v3 itself."""

from pathlib import Path

import pytest

from emulator.check.declared.numbers import Decimal, Number
from emulator.check.declared.scalars import (
    AtMost,
    Default,
    FileName,
    Flag,
    Matches,
    OneOf,
    Text,
    Time,
    Written,
)
from emulator.check.declared.shapes import SDK, Field
from emulator.check.findings import AT_DEBUGGING, AT_LOAD, AT_PACKAGING
from tests.check.shaped import findings_of, who_refuses

BOTH, NOBODY = "SDK, packager", ""


@pytest.mark.parametrize(
    ("value", "refused_by"),
    [
        ("abc", NOBODY),
        ("'3'", NOBODY),
        ("1e3", NOBODY),  # text for PyYAML
        ("3", "SDK"),
        ("1.50", "SDK"),
        ("true", "SDK"),
        ("yes", "SDK"),
        ("2024-01-01", "SDK"),
        ("[a]", BOTH),
        ("{a: b}", BOTH),
        ("", "SDK"),
        ("~", "SDK"),
    ],
)
def test_text(tmp_path: Path, value: str, refused_by: str) -> None:
    assert who_refuses(tmp_path, Text(), value) == refused_by


@pytest.mark.parametrize(
    ("value", "refused_by"),
    [
        ("true", NOBODY),
        ("False", NOBODY),
        ("yes", NOBODY),
        ("OFF", NOBODY),
        ("y", NOBODY),
        ("'yes'", NOBODY),
        ("'true'", "packager"),
        ("tRUE", "packager"),
        ("t", "packager"),
        ("1", "packager"),
        ("0.0", "packager"),
        ("'1'", "packager"),
        ("-1", BOTH),
        ("2", BOTH),
        ("abc", BOTH),
        ("''", BOTH),
        ("[]", BOTH),
    ],
)
def test_true_or_false(tmp_path: Path, value: str, refused_by: str) -> None:
    assert who_refuses(tmp_path, Flag(), value) == refused_by


@pytest.mark.parametrize(
    ("value", "refused_by"),
    [
        ("3", NOBODY),
        ("-1", NOBODY),
        ("3.0", NOBODY),
        ("017", NOBODY),
        ("0x1F", NOBODY),
        ("1_000", NOBODY),
        ("08", NOBODY),
        ("3.5", "SDK"),  # Go cuts it off
        ("1e3", "SDK"),
        ("0o17", "SDK"),
        ("'3'", "packager"),
        ("'3.0'", "packager"),
        ("1:30", "packager"),
        ("true", "packager"),
        ("99999999999999999999", "packager"),
        (".inf", BOTH),
        ("'3.5'", BOTH),
        ("abc", BOTH),
        ("{}", BOTH),
    ],
)
def test_whole_numbers(tmp_path: Path, value: str, refused_by: str) -> None:
    assert who_refuses(tmp_path, Number(whole=True), value) == refused_by


@pytest.mark.parametrize(
    ("value", "refused_by"),
    [
        ("3.5", NOBODY),
        ("1e3", NOBODY),
        (".inf", NOBODY),
        (".nan", NOBODY),
        ("'3.5'", "packager"),
        ("true", "packager"),
        ("0o17", "SDK"),
        ("abc", BOTH),
        ("[1]", BOTH),
    ],
)
def test_numbers(tmp_path: Path, value: str, refused_by: str) -> None:
    assert who_refuses(tmp_path, Number(), value) == refused_by


@pytest.mark.parametrize(
    ("value", "refused_by"),
    [
        ("'0.002'", NOBODY),
        ("0.002", NOBODY),
        ("1e-3", NOBODY),
        ("3", NOBODY),
        ("' 3 '", "packager"),
        ("'1_000'", "packager"),
        ("{}", "SDK"),
        ("true", BOTH),
        (".inf", BOTH),
        ("$1", BOTH),
        ("'1,5'", BOTH),
        ("[]", BOTH),
    ],
)
def test_prices(tmp_path: Path, value: str, refused_by: str) -> None:
    assert who_refuses(tmp_path, Decimal(), value) == refused_by


@pytest.mark.parametrize(
    ("value", "refused_by"),
    [
        ("2024-01-01T00:00:00Z", NOBODY),
        ("2024-01-01", NOBODY),
        ("'2024-01-01T00:00:00Z'", NOBODY),
        ("'2024-01-01'", "packager"),
        ("'2024-01-01 00:00:00'", "packager"),
        ("1700000000", "packager"),
        ("'1700000000'", "packager"),
        ("2024-1-1", "SDK"),
        ("'2024-1-1'", BOTH),
        ("abc", BOTH),
        ("true", BOTH),
        ("[]", BOTH),
    ],
)
def test_times(tmp_path: Path, value: str, refused_by: str) -> None:
    assert who_refuses(tmp_path, Time(), value) == refused_by


@pytest.mark.parametrize(
    ("value", "refused_by"),
    [
        ("abc", NOBODY),
        ("3", NOBODY),
        ("true", NOBODY),
        ("[a]", "daemon"),
        ("{a: b}", "SDK, daemon"),
        ("2024-01-01", "SDK, daemon"),
    ],
)
def test_defaults(tmp_path: Path, value: str, refused_by: str) -> None:
    shape = Default(lists=True, plain_for=(AT_DEBUGGING,))
    assert who_refuses(tmp_path, shape, value) == refused_by
    assert who_refuses(tmp_path, Default(lists=True, mappings=True), "{a: [b]}") == NOBODY
    assert who_refuses(tmp_path, Default(), "[a]") == "SDK"


def test_what_the_sdk_makes_text_of(tmp_path: Path) -> None:
    assert who_refuses(tmp_path, Written(), "3") == NOBODY
    assert who_refuses(tmp_path, Written(), "{a: b}") == "packager"


def test_the_name_of_a_file(tmp_path: Path) -> None:
    assert who_refuses(tmp_path, FileName(), "tools/t.yaml") == NOBODY
    assert who_refuses(tmp_path, FileName(), "3") == "SDK"
    assert who_refuses(tmp_path, FileName(), "{path: /x}") == "SDK"
    assert who_refuses(tmp_path, FileName(inline=True), "{path: /x}") == NOBODY
    assert who_refuses(tmp_path, FileName(inline=True), "[/x]") == "SDK"


def test_words(tmp_path: Path) -> None:
    shape = Text((OneOf(("llm", "tts"), (AT_LOAD, AT_PACKAGING)),), filled_by=(AT_PACKAGING,))
    assert findings_of(tmp_path, shape, "llm") == []
    assert findings_of(tmp_path, shape, "LLM") == ["1:8 DE611 SDK, packager"]
    assert findings_of(tmp_path, shape, "''") == ["1:8 DE605 packager"]
    # Go takes the number for text, and does not find it
    assert findings_of(tmp_path, shape, "3") == ["1:8 DE604 SDK", "1:8 DE611 packager"]


def test_two_sets_of_words_are_one_finding(tmp_path: Path) -> None:
    rules = (OneOf(("a", "b"), (AT_DEBUGGING,)), OneOf(("a", "c"), (AT_LOAD,)))
    assert findings_of(tmp_path, Text(rules), "a") == []
    assert findings_of(tmp_path, Text(rules), "b") == ["1:8 DE611 SDK"]
    assert findings_of(tmp_path, Text(rules), "c") == ["1:8 DE611 daemon"]
    assert findings_of(tmp_path, Text(rules), "d") == ["1:8 DE611 SDK, daemon"]


def test_patterns_and_lengths(tmp_path: Path) -> None:
    name = Text((Matches("[a-z]+", (AT_PACKAGING,), ""),))
    assert findings_of(tmp_path, name, "abc") == []
    assert findings_of(tmp_path, name, "abc.") == ["1:8 DE612 packager"]
    short = Text((AtMost(3, (AT_PACKAGING,)),))
    assert findings_of(tmp_path, short, "äöü") == []
    assert findings_of(tmp_path, short, "abcd") == ["1:8 DE613 packager"]


def test_bounds(tmp_path: Path) -> None:
    size = Number(whole=True, least=1024, most=2048, bounded_by=(AT_LOAD, AT_PACKAGING))
    assert who_refuses(tmp_path, size, "1024") == NOBODY
    assert who_refuses(tmp_path, size, "2048") == NOBODY
    assert findings_of(tmp_path, size, "1023") == ["1:8 DE613 SDK, packager"]
    assert findings_of(tmp_path, size, "2049") == ["1:8 DE613 SDK, packager"]
    assert findings_of(tmp_path, Number(filled_by=(AT_PACKAGING,)), "0") == ["1:8 DE613 packager"]


def test_null(tmp_path: Path) -> None:
    assert who_refuses(tmp_path, Field(Text(), nullable=True), "~") == NOBODY
    assert findings_of(tmp_path, Field(Text(), (AT_LOAD, AT_PACKAGING)), "~") == [
        "1:1 DE605 SDK, packager"
    ]
    # what the SDK takes it sends on as what it has made of it
    both = (AT_LOAD, AT_PACKAGING, AT_DEBUGGING)
    assert who_refuses(tmp_path, Field(Text(), both, nullable=True), "~") == "packager"


def test_only_those_who_read_it_mind(tmp_path: Path) -> None:
    assert who_refuses(tmp_path, Field(Text(), readers=SDK), "[a]") == "SDK"
    shape = Text((OneOf(("a",), (AT_LOAD, AT_DEBUGGING)),))
    assert who_refuses(tmp_path, Field(shape, readers=SDK), "b") == "SDK"


@pytest.mark.parametrize("value", ["''", "{}", "false", "0"])
def test_what_is_empty_may_be_nothing_for_the_sdk(tmp_path: Path, value: str) -> None:
    shape = Field(Text((Matches("x", (AT_LOAD,), ""),)), or_empty=True)
    assert who_refuses(tmp_path, shape, value) in (NOBODY, "packager")
    assert who_refuses(tmp_path, shape, "y") == "SDK"
