"""The code that a generation runs is the code that was there when it began, and no other."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runtime.generations import Generations
from tests.support.plugin import write_plugin

LATE = "import late\nyield self.create_json_message({'late': late.value})"


def plugin(folder: Path, body: str = LATE, imports: str = "") -> Path:
    write_plugin(folder, tools={"say": body})
    tool = folder / "tools" / "say.py"
    tool.write_text(f"import os, sys\n{imports}\n{tool.read_text()}")
    return folder


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def plant_bytecode(source: Path, of: str) -> Path:
    """Bytecode of another text, which Python takes for that of the source."""
    real, stat = source.read_text(), source.stat()
    source.write_text(of)
    assert len(of) == len(real)
    os.utime(source, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    subprocess.run([sys.executable, "-m", "py_compile", str(source)], check=True)
    source.write_text(real)
    os.utime(source, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    return Path(importlib.util.cache_from_source(str(source)))


def remove_empty(folder: Path) -> None:
    while not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


BODY = "from own import value\nyield self.create_json_message({'value': value})"


@pytest.mark.parametrize("way", ["cold", "forked"])
def test_bytecode_that_python_takes_for_fresh_is_not_read(tmp_path: Path, way: str) -> None:
    folder = plugin(tmp_path / "plugin", BODY)
    source = put(folder, "own.py", "value = 'new'\n")
    planted = plant_bytecode(source, "value = 'old'\n")
    told = subprocess.run(
        [sys.executable, "-c", "import own; print(own.value)"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert told.stdout == "old\n"  # so it is taken for fresh
    before = planted.read_bytes()
    with Generations(folder, tmp_path) as generations:
        if way == "forked":
            generations.starts.prepare()
        generation = generations.next()
        assert (generation.way, generation.call()) == (way, {"value": "new"})
    assert planted.read_bytes() == before


@pytest.mark.parametrize("way", ["cold", "forked"])
def test_nothing_is_written_into_the_folder(tmp_path: Path, way: str) -> None:
    folder = plugin(tmp_path / "plugin", BODY)
    put(folder, "own.py", "from package.inner import value\n")
    put(folder, "package/__init__.py", "")
    put(folder, "package/inner.py", "value = 1\n")
    before = files_of(folder)
    environment = {"PYTHONDONTWRITEBYTECODE": ""}
    with Generations(folder, tmp_path, environment) as generations:
        if way == "forked":
            generations.starts.prepare()
        assert generations.next().call() == {"value": 1}
    assert files_of(folder) == before


def test_saves_of_equal_length_within_a_second_are_all_seen(tmp_path: Path) -> None:
    folder = plugin(tmp_path / "plugin", BODY)
    with Generations(folder, tmp_path) as generations:
        generations.starts.prepare()
        told = []
        for value in range(10, 20):
            source = put(folder, "own.py", f"value = {value}\n")
            os.utime(source, (1_700_000_000, 1_700_000_000))
            told.append(generations.next().call()["value"])
        assert told == list(range(10, 20))


def test_what_is_imported_late_is_as_old_as_the_rest(tmp_path: Path) -> None:
    folder = plugin(tmp_path / "plugin")
    source = put(folder, "late.py", "value = 'old'\n")
    with Generations(folder, tmp_path) as generations:
        generations.starts.prepare()
        old = generations.next()
        source.write_text("value = 'new'\n")
        new = generations.next()
        assert (old.call(), new.call()) == ({"late": "old"}, {"late": "new"})


@pytest.mark.parametrize(
    "files",
    [
        {"late.py": "value = 'old'\n"},
        {"late/__init__.py": "from .inner import value\n", "late/inner.py": "value = 'old'\n"},
        {"late/__init__.py": "from late.deep.er import value\n", "late/deep/er.py": "value='old'"},
        {"late.py": "from deep.er import value\n", "deep/er.py": "value = 'old'\n"},
    ],
    ids=["a module", "a package", "a folder in a package", "a folder"],
)
@pytest.mark.parametrize("loss", ["deleted", "renamed", "broken"])
def test_what_is_imported_late_is_there_though_its_file_is_not(
    tmp_path: Path, files: dict[str, str], loss: str
) -> None:
    folder = plugin(tmp_path / "plugin")
    sources = [put(folder, name, text) for name, text in files.items()]
    with Generations(folder, tmp_path) as generations:
        generations.starts.prepare()
        generation = generations.next()
        for source in sources:
            if loss == "deleted":
                source.unlink()
                remove_empty(source.parent)
            elif loss == "renamed":
                source.rename(source.with_suffix(".bak"))
            else:
                source.write_text("this is no code(\n")
        assert generation.call() == {"late": "old"}


def test_a_module_that_was_a_package_before_is_each_in_its_generation(tmp_path: Path) -> None:
    folder = plugin(tmp_path / "plugin")
    source = put(folder, "late.py", "value = 'a module'\n")
    with Generations(folder, tmp_path) as generations:
        generations.starts.prepare()
        first = generations.next()
        source.unlink()
        put(folder, "late/__init__.py", "value = 'a package'\n")
        second = generations.next()
        told = [generation.call()["late"] for generation in (first, second)]
        assert told == ["a module", "a package"]


def test_code_that_a_plugin_writes_itself_is_found(tmp_path: Path) -> None:
    body = """
    with open("written.py", "w") as file:
        file.write("value = 'by itself'\\n")
    import importlib
    importlib.invalidate_caches()
    import written
    yield self.create_json_message({"value": written.value})
    """
    with Generations(plugin(tmp_path / "plugin", body), tmp_path) as generations:
        generations.starts.prepare()
        assert generations.next().call() == {"value": "by itself"}


@pytest.mark.parametrize("way", ["cold", "forked"])
def test_a_traceback_shows_the_lines_that_ran(tmp_path: Path, way: str) -> None:
    body = """
    import traceback
    import late
    try:
        late.fail()
    except ValueError as error:
        yield self.create_json_message({"text": "".join(traceback.format_exception(error))})
    """
    folder = plugin(tmp_path / "plugin", body)
    source = put(folder, "late.py", "def fail():\n    raise ValueError('é: as it was')\n")
    with Generations(folder, tmp_path) as generations:
        if way == "forked":
            generations.starts.prepare()
        generation = generations.next()
        source.write_text("# something\n# else\n# entirely\n")
        text = generation.call()["text"]
        assert f"{source}\", line 2, in fail\n    raise ValueError('é: as it was')\n" in text
        assert "else" not in text


def test_the_source_of_an_object_is_that_which_runs(tmp_path: Path) -> None:
    body = "import inspect, late\n"
    body += "yield self.create_json_message({'source': inspect.getsource(late.value)})"
    folder = plugin(tmp_path / "plugin", body)
    source = put(folder, "late.py", "def value():\n    return 'old'\n")
    with Generations(folder, tmp_path) as generations:
        generations.starts.prepare()
        generation = generations.next()
        source.write_text("\n\ndef value():\n    return 'new'\n")
        assert generation.call() == {"source": "def value():\n    return 'old'\n"}
