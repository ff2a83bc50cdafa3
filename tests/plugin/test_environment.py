"""The interpreter that runs a plugin: the order of choice, and the environment that is built."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from threading import Barrier, Thread

import pytest

from emulator.errors import PluginLoadError, UsageError
from emulator.plugin.environment import choose_interpreter
from tests.conftest import MakePlugin
from tests.support.package import write_wheel
from tests.support.plugin import write_plugin

PROJECT = """\
[project]
name = "plugin"
version = "1"
requires-python = ">=3.11"
dependencies = ["dify_plugin==9.9"]
[tool.uv]
no-index = true
find-links = ["{wheels}"]
"""


@dataclass
class Told:
    """Takes word of progress, and keeps it."""

    steps: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)

    def step(self, line: str) -> None:
        self.steps.append(line)

    def detail(self, line: str) -> None:
        self.details.append(line)

    @property
    def built(self) -> list[str]:
        return [line for line in self.steps if "uilding" in line]


@dataclass
class Place:
    """A plugin that requires a wheel of the test's, and where its state is."""

    plugin: Path
    state: Path
    told: Told = field(default_factory=Told)

    def choose(self, named: str | None = None) -> Path:
        return choose_interpreter(self.plugin, self.state, named, self.told)

    def require(self, *lines: str) -> None:
        (self.plugin / "requirements.txt").write_text("".join(f"{line}\n" for line in lines))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    # What is tested is the choice, not somebody's settings of uv.
    for name in [name for name in os.environ if name.startswith("UV_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    found = Place(write_plugin(tmp_path / "plugin"), tmp_path / "state")
    write_wheel(found.plugin)
    found.require("./dify_plugin-9.9-py3-none-any.whl")
    return found


def output_of(python: Path, code: str) -> str:
    return subprocess.check_output([str(python), "-c", code], text=True).strip()


def test_the_one_that_was_named_goes_before_all(place: Place) -> None:
    make_venv(place.plugin / ".venv")
    assert place.choose(sys.executable) == Path(sys.executable)
    assert place.told == Told()


def test_a_named_one_is_found_by_its_name_alone(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = executable(tmp_path / "bin" / "my-python")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert place.choose("my-python") == own


def test_a_named_one_below_the_current_folder_is_made_absolute(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = executable(tmp_path / "bin" / "my-python")
    monkeypatch.chdir(tmp_path)
    assert place.choose("bin/my-python") == own


@pytest.mark.parametrize("named", ["no-such-python", "./none", "folder", "plain"])
def test_a_named_one_that_is_none_is_told(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "plain").write_text("not to be run")
    with pytest.raises(UsageError, match=f"--python {named}: there is no such program"):
        place.choose(named)


def test_the_plugins_own_venv_goes_before_this_interpreter(place: Place) -> None:
    place.require("dify_plugin")
    own = make_venv(place.plugin / ".venv")
    assert place.choose() == own
    shutil.rmtree(place.plugin / ".venv")
    assert place.choose() == Path(sys.executable)
    assert not place.state.exists()


def test_this_interpreter_runs_a_plugin_whose_requirements_it_meets(place: Place) -> None:
    place.require(f"dify_plugin=={metadata.version('dify_plugin')}", "click>=8")
    assert place.choose() == Path(sys.executable)
    assert place.told == Told()


def test_a_plugin_without_requirements_is_told(place: Place) -> None:
    (place.plugin / "requirements.txt").unlink()
    with pytest.raises(PluginLoadError, match=r"neither pyproject\.toml nor requirements\.txt"):
        place.choose()


def test_else_an_environment_is_built_and_kept(place: Place) -> None:
    before = sorted(place.plugin.rglob("*"))
    python = place.choose()
    assert python.is_relative_to(place.state / "environments")
    code = "import dify_plugin, sys; print(dify_plugin.version, sys.prefix)"
    assert output_of(python, code) == f"9.9 {python.parent.parent}"
    assert len(place.told.built) == 1
    assert any("dify-plugin==9.9" in line for line in place.told.details)
    assert sorted(place.plugin.rglob("*")) == before
    assert (place.state / ".gitignore").read_text() == "*\n"

    again = Place(place.plugin, place.state)
    assert again.choose() == python
    assert again.told == Told()


def test_other_requirements_get_another_environment_and_the_old_ones_the_old(place: Place) -> None:
    first = place.choose()
    write_wheel(place.plugin, "dify_plugin", "10.0")
    place.require("./dify_plugin-10.0-py3-none-any.whl")
    second = place.choose()
    assert first != second
    assert output_of(second, "import dify_plugin; print(dify_plugin.version)") == "10.0"
    place.require("./dify_plugin-9.9-py3-none-any.whl")
    assert place.choose() == first
    assert len(place.told.built) == 2


def test_another_plugin_with_the_same_requirements_gets_the_same(
    place: Place, tmp_path: Path
) -> None:
    first = place.choose()
    other = Place(shutil.copytree(place.plugin, tmp_path / "copy"), place.state)
    assert (other.choose(), other.told) == (first, Told())


@pytest.mark.parametrize(
    "break_it",
    [
        pytest.param(lambda root: (root / "built").unlink(), id="a build that was cut short"),
        pytest.param(lambda root: (root / "bin" / "python").unlink(), id="no interpreter in it"),
    ],
)
def test_an_environment_that_is_not_whole_is_built_again(place: Place, break_it: object) -> None:
    python = place.choose()
    assert callable(break_it)
    break_it(python.parent.parent)
    assert place.choose() == python
    assert output_of(python, "import dify_plugin; print(dify_plugin.version)") == "9.9"
    assert len(place.told.built) == 2


def test_many_at_once_build_it_once(place: Place) -> None:
    places = [Place(place.plugin, place.state) for _ in range(4)]
    together, chosen = Barrier(len(places)), []

    def choose(one: Place) -> None:
        together.wait()
        chosen.append(one.choose())

    threads = [Thread(target=choose, args=(each,)) for each in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(chosen) == len(places)
    assert len(set(chosen)) == 1
    assert sum(len(each.told.built) for each in places) == 1


@pytest.mark.parametrize("locked", [False, True], ids=["without a lock", "with uv.lock"])
def test_a_project_is_built_without_a_trace_in_the_plugins_folder(
    place: Place, locked: bool
) -> None:
    text = PROJECT.format(wheels=place.plugin)
    (place.plugin / "pyproject.toml").write_text(text)
    if locked:
        import uv

        lock = [uv.find_uv_bin(), "lock", "--python", sys.executable]
        subprocess.run(lock, cwd=place.plugin, check=True, capture_output=True)
    before = {path: path.stat().st_mtime_ns for path in place.plugin.rglob("*")}
    python = place.choose()
    assert output_of(python, "import dify_plugin; print(dify_plugin.version)") == "9.9"
    assert {path: path.stat().st_mtime_ns for path in place.plugin.rglob("*")} == before
    assert (place.choose(), len(place.told.built)) == (python, 1)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        pytest.param(["./none.whl"], "none.whl", id="a file that is not there"),
        pytest.param(["dify_plugin==="], "dify_plugin===", id="no requirement"),
        pytest.param(["-r more.txt"], "more.txt", id="an include that is not there"),
        pytest.param(["nowhere-to-be-found-anywhere"], "nowhere-to-be-found", id="no such package"),
        pytest.param(["./helper-1-py3-none-any.whl"], "dify_plugin", id="not even the SDK"),
    ],
)
def test_what_cannot_be_built_is_told_with_what_uv_says(
    place: Place, lines: Sequence[str], says: str
) -> None:
    write_wheel(place.plugin, "helper", "1")
    place.require(*lines)
    with pytest.raises(PluginLoadError) as refusal:
        place.choose()
    first, *more = refusal.value.message.splitlines()
    assert first.endswith("requirements.txt: no environment can be built from it:")
    assert says in "\n".join(more)
    assert 1 <= len(more) <= 8
    assert "--python" in refusal.value.advice
    assert refusal.value.exit_code == 3


def test_what_could_not_be_built_is_tried_again(place: Place) -> None:
    (place.plugin / "dify_plugin-9.9-py3-none-any.whl").unlink()
    for _ in range(2):
        with pytest.raises(PluginLoadError):
            place.choose()
    write_wheel(place.plugin)
    assert output_of(place.choose(), "import dify_plugin; print(dify_plugin.version)") == "9.9"


def test_the_command_line_tells_it_with_exit_3(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools={"say": "yield self.create_text_message('hi')"})
    (emulator.plugin / "requirements.txt").write_text("dify_plugin\n./none.whl\n")
    result = emulator("run", "say")
    assert (result.code, result.out) == (3, b"")
    assert "requirements.txt: no environment can be built from it" in result.err
    assert "none.whl" in result.err
    assert "Traceback" not in result.err


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_tool_runs_in_an_environment_built_for_another_sdk(make_plugin: MakePlugin) -> None:
    body = """
    import sys
    from importlib.metadata import version
    yield self.create_json_message({"sdk": version("dify_plugin"), "prefix": sys.prefix})
    """
    emulator = make_plugin(tools={"say": body})
    other = "0.5.1" if metadata.version("dify_plugin") != "0.5.1" else "0.6.2"
    (emulator.plugin / "requirements.txt").write_text(f"dify_plugin=={other}\n")
    first = emulator("run", "say", "--json", timeout=500)
    assert first.code == 0, first.err + first.text
    told = first.json["messages"][0]["message"]["json_object"]
    assert told["sdk"] == other
    assert Path(told["prefix"]).is_relative_to(emulator.state / "environments")
    second = emulator.ok("run", "say", "--json")
    assert second.json["messages"] == first.json["messages"]
    assert second.err == ""


def executable(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def make_venv(folder: Path) -> Path:
    return executable(folder / "bin" / "python")
