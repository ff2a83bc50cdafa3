"""`created_at` for Go."""

from pathlib import Path

import pytest

from emulator.check.findings import AT_DEBUGGING
from tests.check.checked import change, found, places, whole_plugin


def _created_at(folder: Path, time: str) -> Path:
    change(whole_plugin(folder), "manifest.yaml", "'2026-11-22T12:00:00+00:00'", time)
    return folder


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-22T12:00:00",
        "2026-11-22T12:00:00+08",
        "2026-11-22T12:00:00 Z",
        "2026-11-22 12:00:00 +02:00",
        "2026-11-22 12:00:00Z",
    ],
)
def test_a_time_that_go_does_not_know_is_refused(tmp_path: Path, time: str) -> None:
    folder = _created_at(tmp_path, time)
    assert places(folder, "DE633") == ["manifest.yaml:9:13"]
    (finding,) = found(folder, "DE633")
    assert finding.advice == "Write it with its zone, as 2026-11-22T12:00:00Z."


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-22T12:00:00Z",
        "2026-11-22T3:00:00Z",
        "2026-11-22T12:00:00.123+08:00",
        "'2026-11-22T12:00:00Z'",
    ],
)
def test_a_time_that_it_knows_is_not(tmp_path: Path, time: str) -> None:
    assert found(_created_at(tmp_path, time), "DE633", "DE604") == []


@pytest.mark.parametrize("time", ["2026-11-22", "2026-11-22 12:00:00"])
def test_without_a_zone_it_cannot_be_sent_for_debugging(tmp_path: Path, time: str) -> None:
    (finding,) = found(_created_at(tmp_path, time), "DE633", "DE604")
    assert (str(finding.place), finding.by) == ("manifest.yaml:9:13", (AT_DEBUGGING,))
