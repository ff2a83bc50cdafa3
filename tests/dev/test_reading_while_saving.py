"""Whoever reads while files are saved gets files that were there together, none half written."""

import subprocess
import sys
from pathlib import Path

from emulator.dev.plugin_files import Reader, Watched

_EDITOR = """\
import pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
for version in range(1, 101):
    for name in ("early.py", "late.py"):
        (folder / name).write_text(f"VERSION = {version}\\n")
    time.sleep(0.02)
"""
NAMES = ("early.py", "late.py")


def test_what_is_read_was_there_together(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).write_text("VERSION = 0\n")
    reader = Reader(Watched(tmp_path, tmp_path / ".dify-emulator"))
    seen = []
    with subprocess.Popen([sys.executable, "-c", _EDITOR, str(tmp_path)]) as editor:
        while editor.poll() is None:
            sources = reader.read_settled(frozenset(NAMES)).sources
            seen.append([sources[name].decode() for name in NAMES])
    torn = [pair for pair in seen if "" in pair]
    assert torn == []
    versions = [[int(text.split()[-1]) for text in pair] for pair in seen]
    assert [pair for pair in versions if pair[0] - pair[1] not in (0, 1)] == []
    assert len({pair[0] for pair in versions}) > 10
