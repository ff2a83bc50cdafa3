"""Plugins that find their modules in other ways than beside main.py."""

from pathlib import Path

import pytest

from tests.runtime.generations import Generations, write_package
from tests.runtime.test_sources import plugin, put

VALUE = "yield self.create_json_message({'value': own.value})"
LATE = "import own\n" + VALUE


@pytest.mark.parametrize(
    ("files", "imports"),
    [
        ({"own.py": "value = 1\n"}, "import own"),
        ({"own/__init__.py": "value = 1\n"}, "import own"),
        ({"space/own.py": "value = 1\n"}, "import space.own as own"),
        ({"deep/er/own.py": "value = 1\n"}, "from deep.er import own"),
        ({"a/__init__.py": "", "a/b/own.py": "value = 1\n"}, "from a.b import own"),
        (
            {"a/__init__.py": "from . import own\n", "a/own.py": "from .b import value\n",
             "a/b/__init__.py": "value = 1\n"},
            "from a import own",
        ),
        ({"tools/own.py": "value = 1\n"}, "from tools import own"),
        ({"own.py": "# -*- coding: latin-1 -*-\nvalue = 1\n"}, "import own"),
        ({"own.py": "\ufeffvalue = 1\n"}, "import own"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", ["cold", "forked"])
def test_modules_are_found_as_python_finds_them(
    tmp_path: Path, files: dict[str, str], imports: str, way: str
) -> None:
    folder = plugin(tmp_path / "plugin", VALUE, imports)
    for name, text in files.items():
        put(folder, name, text)
    with Generations(folder, tmp_path) as generations:
        if way == "forked":
            generations.starts.prepare()
        assert generations.next().call() == {"value": 1}


PATHS = [
    "'vendor'",
    "os.path.abspath('vendor')",
    "os.getcwd() + '/vendor/'",
    "os.path.join(os.path.dirname(__file__), '..', 'vendor')",
]


@pytest.mark.parametrize("place", PATHS)
def test_a_folder_put_on_the_path_works_and_is_as_old_as_the_rest(
    tmp_path: Path, place: str
) -> None:
    folder = plugin(tmp_path / "plugin", LATE, f"sys.path.insert(0, {place})")
    source = put(folder, "vendor/own.py", "value = 'old'\n")
    with Generations(folder, tmp_path) as generations:
        generations.starts.prepare()
        old = generations.next()
        source.write_text("value = 'new'\n")
        assert old.call() == {"value": "old"}
        generations.starts.prepare()
        assert generations.next().call() == {"value": "new"}


def test_a_vendored_package_wins_over_one_that_was_loaded_ahead(tmp_path: Path) -> None:
    environment = write_package(tmp_path / "packages", "own", "value = 'installed'\n")
    folder = plugin(tmp_path / "plugin", LATE)
    with Generations(folder, tmp_path, environment) as generations:
        assert generations.warm().call() == {"value": "installed"}
        put(folder, "vendor/own.py", "value = 'vendored'\n")
        tool = folder / "tools" / "say.py"
        tool.write_text(f"import sys\nsys.path.insert(0, 'vendor')\n{tool.read_text()}")
        for _ in range(3):
            assert generations.next().call() == {"value": "vendored"}
            generations.starts.prepare()


def test_a_vendored_package_stays_the_plugins_own(tmp_path: Path) -> None:
    environment = write_package(tmp_path / "packages", "own", "value = 'installed'\n")
    folder = plugin(tmp_path / "plugin", LATE, "sys.path.insert(0, os.path.abspath('vendor'))")
    put(folder, "vendor/own.py", "value = 'vendored'\n")
    with Generations(folder, tmp_path, environment) as generations:
        for _ in range(3):
            assert generations.next().call() == {"value": "vendored"}
            generations.starts.prepare()


def test_modules_of_a_package_can_be_listed(tmp_path: Path) -> None:
    body = """
    import pkgutil
    import parts
    names = [found.name for found in pkgutil.iter_modules(parts.__path__)]
    walked = [found.name for found in pkgutil.walk_packages(parts.__path__, "parts.")]
    yield self.create_json_message({"names": sorted(names), "walked": sorted(walked)})
    """
    folder = plugin(tmp_path / "plugin", body)
    for name in ("__init__", "one", "two", "deep/__init__", "deep/three"):
        put(folder, f"parts/{name}.py", "")
    walked = ["parts.deep", "parts.deep.three", "parts.one", "parts.two"]
    with Generations(folder, tmp_path) as generations:
        generations.starts.prepare()
        told = generations.next().call()
        assert told == {"names": ["deep", "one", "two"], "walked": walked}


def test_files_of_a_package_can_be_read(tmp_path: Path) -> None:
    body = """
    import importlib.resources, pkgutil
    text = importlib.resources.files("parts").joinpath("words.txt").read_text()
    data = pkgutil.get_data("parts", "words.txt").decode()
    yield self.create_json_message({"text": text, "data": data})
    """
    folder = plugin(tmp_path / "plugin", body)
    put(folder, "parts/__init__.py", "")
    put(folder, "parts/words.txt", "as it is")
    with Generations(folder, tmp_path) as generations:
        generations.starts.prepare()
        assert generations.next().call() == {"text": "as it is", "data": "as it is"}


def test_a_module_can_be_found_reloaded_and_run_by_its_file(tmp_path: Path) -> None:
    body = """
    import importlib, importlib.util, runpy
    import own
    again = importlib.reload(own)
    spec = importlib.util.spec_from_file_location("third", own.__file__)
    third = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(third)
    found = importlib.util.find_spec("own").origin
    ran = runpy.run_path(own.__file__)["value"]
    told = {"same": again is own, "third": third.value, "found": found, "ran": ran}
    yield self.create_json_message(told)
    """
    folder = plugin(tmp_path / "plugin", body)
    source = put(folder, "own.py", "value = 'as it was'\n")
    with Generations(folder, tmp_path) as generations:
        generations.starts.prepare()
        told = generations.next().call()
        as_it_was = {"third": "as it was", "ran": "as it was"}
        assert told == {"same": True, "found": str(source), **as_it_was}


def test_the_folder_may_be_reached_by_a_link(tmp_path: Path) -> None:
    folder = plugin(tmp_path / "plugin", LATE)
    source = put(folder, "own.py", "value = 'old'\n")
    (tmp_path / "link").symlink_to(folder)
    with Generations(tmp_path / "link", tmp_path / "state") as generations:
        generations.starts.prepare()
        generation = generations.next()
        source.write_text("value = 'new'\n")
        assert generation.call() == {"value": "old"}
