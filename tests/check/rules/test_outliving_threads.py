"""Threads that a round starts, does not wait for, and that use its session."""

from pathlib import Path

import pytest

from tests.check.rules.tool_code import found_at, told, tool

WORK = "def work():\n    self.session.storage.set('k', b'v')\n"
ABOVE = "import threading"


@pytest.mark.parametrize(
    "start",
    [
        "threading.Thread(target=work).start()",
        "thread = threading.Thread(target=work, daemon=True)\nthread.start()",
        "threading.Thread(target=lambda: work()).start()",
        "threading.Thread(target=lambda: self.session.storage.set('k', b'v')).start()",
    ],
)
def test_a_thread_that_nobody_waits_for(tmp_path: Path, start: str) -> None:
    folder = tool(tmp_path, f"{WORK}{start}\nreturn ', '.join(['started'])", ABOVE)
    [finding] = told(folder)
    assert found_at(folder, "DE772") == ["8:18" if start.startswith("thread =") else "8:9"]
    assert "calls `session.storage.set`" in finding.message


def test_a_method_and_what_it_calls_are_followed(tmp_path: Path) -> None:
    body = """
            threading.Thread(target=self.work).start()

        def work(self):
            self._save()

        def _save(self):
            self.session.storage.set("k", b"v")
    """
    plugin = tool(tmp_path, "pass", ABOVE)
    code = plugin / "tools" / "remember.py"
    head = code.read_text().replace("        pass\n", "")
    lines = [line[4:] for line in body.strip("\n").splitlines()]
    code.write_text(head + "\n".join(lines) + "\n")
    assert found_at(plugin, "DE772") == ["6:9"]


@pytest.mark.parametrize(
    "lines",
    [
        "thread = threading.Thread(target=work)\nthread.start()\nthread.join()",
        "threading.Thread(target=work).start()\nself.done.wait()",
        "threading.Thread(target=work).start()\nx = self.queue.get()",
        "threading.Thread(target=work).start()\nwhile self.busy:\n    pass",
        "threading.Thread(target=work).start()\nyield self.create_text_message('x')",
        "self.thread = threading.Thread(target=work)\nself.thread.start()",
        "threads = []\nfor x in range(3):\n    threads.append(threading.Thread(target=work))",
        "threading.Thread(target=self.unknown).start()",
        "threading.Thread(target=print).start()",
        "def again():\n    again()\nthreading.Thread(target=again).start()",
    ],
)
def test_one_that_is_waited_for_or_that_cannot_be_told(tmp_path: Path, lines: str) -> None:
    assert told(tool(tmp_path, WORK + lines, ABOVE)) == []
