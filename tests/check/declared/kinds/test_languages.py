"""Text in several languages."""

from pathlib import Path

import pytest

from emulator.check.declared.document import read_document
from emulator.check.declared.kinds.languages import i18n
from emulator.check.declared.shapes import Spot
from emulator.check.findings import AT_PACKAGING
from tests.check.checked import write


def _told(folder: Path, text: str) -> list[str]:
    write(folder, "file.yaml", text)
    document = read_document(folder, "file.yaml")
    found = sorted(i18n((AT_PACKAGING,)).check(Spot(document, "label"), document.root))
    return [f"{each.place.line} {each.code} {each.advice}" for each in found]


@pytest.mark.parametrize("other", ["zh_Hans: b", "ja_JP: b", "pt_BR: b", "zh_Hans: ~"])
def test_what_dify_knows(tmp_path: Path, other: str) -> None:
    assert _told(tmp_path, f"en_US: a\n{other}\n") == []


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("ja_Jp", "2 DE608 Did you mean `ja_JP`?"),
        ("zh-Hans", "2 DE608 Did you mean `zh_Hans`?"),
        ("zh_hans", "2 DE608 Did you mean `zh_Hans`?"),
        ("zh_CN", "2 DE614 Did you mean `zh_Hans`?"),
        ("pt", "2 DE614 Did you mean `pt_BR`?"),
        ("zh_Hant", "2 DE614 Dify knows en_US, zh_Hans, ja_JP, pt_BR only."),
        ("zh_TW", "2 DE614 Dify knows en_US, zh_Hans, ja_JP, pt_BR only."),
        ("ko_KR", "2 DE614 Dify knows en_US, zh_Hans, ja_JP, pt_BR only."),
        ("en_GB", "2 DE614 Dify knows en_US, zh_Hans, ja_JP, pt_BR only."),
        ("url", "2 DE610 Leave it out."),
    ],
)
def test_what_it_does_not_know(tmp_path: Path, other: str, expected: str) -> None:
    assert _told(tmp_path, f"en_US: a\n{other}: b\n") == [expected]


def test_english_is_needed(tmp_path: Path) -> None:
    assert _told(tmp_path, "zh_Hans: a\n") == ["1 DE605 Add `en_US: ...`."]
    assert _told(tmp_path, "en_US: ''\n") == ["1 DE605 Write something there."]
    assert _told(tmp_path, "en-US: a\n") == ["1 DE606 Write `en_US`."]


def test_a_text_has_an_end(tmp_path: Path) -> None:
    assert _told(tmp_path, f"en_US: {'a' * 1023}\n") == []
    assert _told(tmp_path, f"en_US: {'a' * 1024}\n") == ["1 DE613 Shorten it."]
