"""Whoever reads while files are saved gets files that were there together, none half written."""

import subprocess
import sys
from pathlib import Path

from emulator.dev.plugin_files import EMPTY_SECONDS, Reader, Watched

_EDITOR = """\
import pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
longest = 0
for version in range(1, 101):
    for name in ("early.py", "late.py"):
        began = time.monotonic()
        (folder / name).write_text(f"VERSION = {version}\\n")
        longest = max(longest, time.monotonic() - began)
    time.sleep(0.02)
print(longest)
"""
NAMES = ("early.py", "late.py")


def test_what_is_read_was_there_together(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).write_text("VERSION = 0\n")
    reader = Reader(Watched(tmp_path, tmp_path / ".dify-emulator"))
    seen = []
    command = [sys.executable, "-c", _EDITOR, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as editor:
        while editor.poll() is None:
            sources = reader.read_settled(frozenset(NAMES)).sources
            seen.append([sources[name].decode() for name in NAMES])
        assert editor.stdout
        longest_save = float(editor.stdout.read())
    torn = [pair for pair in seen if "" in pair]
    # On a busy machine an editor may be stopped in the middle of a save, for any time.
    assert torn == [] or longest_save > EMPTY_SECONDS
    versions = [[int(text.split()[-1]) for text in pair] for pair in seen if "" not in pair]
    assert [pair for pair in versions if pair[0] - pair[1] not in (0, 1)] == []
    assert len({pair[0] for pair in versions}) > 10
