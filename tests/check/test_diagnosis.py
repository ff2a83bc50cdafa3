"""What is said of a plugin that does not load: what `check` knows, in place of the SDK's words."""

from pathlib import Path

from tests.check.checked import change, whole_plugin, write
from tests.support.command import run_command
from tests.support.dev import Dev

CREDENTIALS = "credentials_for_provider:\n  - name: key\n    type: text-input\n"
"""A list, which Go takes; the SDK says only: 'list' object has no attribute 'items'."""

FOUND = "provider/test.yaml:15:3: DE604 `credentials_for_provider` should be a mapping"


def with_listed_credentials(folder: Path) -> Path:
    whole_plugin(folder)
    provider = (folder / "provider/test.yaml").read_text()
    write(folder, "provider/test.yaml", provider + CREDENTIALS)
    return folder


def test_run_and_request_name_file_and_line_where_the_sdk_does_not(tmp_path: Path) -> None:
    folder = with_listed_credentials(tmp_path)
    for words in (["run", "remember"], ["request", "GET", "/k"]):
        result = run_command(*words, folder=folder)
        assert (result.code, result.out) == (3, b"")
        assert FOUND in result.err
        assert "has no attribute 'items'" not in result.err


def test_the_words_of_the_sdk_are_there_with_verbose(tmp_path: Path) -> None:
    folder = with_listed_credentials(tmp_path)
    result = run_command("run", "remember", "--verbose", folder=folder)
    assert FOUND in result.err
    assert "has no attribute 'items'" in result.err


def test_what_dify_alone_refuses_does_not_hide_why_code_does_not_load(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    change(folder, "manifest.yaml", "type: plugin", "type: plugin\ntags: [nonsense]")
    change(folder, "tools/remember.py", "from dify_plugin", "1 / 0\nfrom dify_plugin")
    result = run_command("run", "remember", folder=folder)
    assert result.code == 3
    assert "ZeroDivisionError" in result.err


def test_all_that_is_wrong_with_the_declarations_is_told_at_once(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    change(folder, "manifest.yaml", "author: tests", "author: Tests")
    change(folder, "tools/remember.yaml", "description:", "descripton:")
    result = run_command("storage", "list", folder=folder)
    assert (result.code, result.out) == (3, b"")
    assert "manifest.yaml:3:9: DE612 `author`" in result.err
    assert "tools/remember.yaml:6:1: DE606 `descripton`" in result.err


def test_dev_tells_it_and_so_does_a_call_through_it(tmp_path: Path) -> None:
    folder = with_listed_credentials(tmp_path / "plugin")
    with Dev(folder, state=tmp_path / "state") as dev:
        broken = dev.wait_for("broken")
        assert FOUND in broken["error"]["message"]
        result = run_command("run", "remember", "--state-dir", str(dev.state), folder=folder)
        assert result.code == 3
        assert FOUND in result.err
