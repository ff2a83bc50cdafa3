"""Who refuses each field of each kind, as it was found out with those who do."""

from pathlib import Path

import pytest

from tests.check.declared.kinds.refusals import REFUSED, lines, plugins, refused, write


@pytest.mark.parametrize("kind", plugins())
def test_every_field(tmp_path: Path, kind: str) -> None:
    assert refused(write(tmp_path, kind, plugins()[kind])) == ""
    expected = [each for each in REFUSED.read_text().splitlines() if each.startswith(f"{kind} ")]
    assert list(lines(tmp_path, kind)) == expected
