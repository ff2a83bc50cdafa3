"""Imports among the plugin's own modules."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin, write

TOOL = "tools/remember.py"


def importing(tmp_path: Path, line: str, name: str = TOOL) -> Path:
    """A whole plugin, a module of which starts with this line."""
    folder = whole_plugin(tmp_path)
    (folder / name).write_text(f"{line}\n" + (folder / name).read_text())
    write(folder, "tools/base.py", "import os\nKEY = 1\nfor each in ():\n    LAST = each\n")
    write(folder, "shared/__init__.py", "")
    write(folder, "shared/more.py", "def f():\n    global LATER\n    LATER = 1\n")
    return folder


@pytest.mark.parametrize(
    "line",
    [
        "from tools.base import KEY, os, LAST",
        "from tools import base",
        "from .base import KEY",
        "from . import base",
        "import tools.base",
        "import shared.more as more",
        "from shared import more",
        "from shared.more import LATER, __name__",
        "from shared.more import *",
        "import nowhere.at_all",
        "from nowhere import anything",
        "import json.nothing",
    ],
)
def test_what_is_there_or_elsewhere_can_be_imported(tmp_path: Path, line: str) -> None:
    assert found(importing(tmp_path, line), "DE710", "DE711", "DE712") == []


@pytest.mark.parametrize(
    ("line", "name", "advice"),
    [
        ("from tools.bases import KEY", "tools.bases", "Did you mean 'tools.base'?"),
        ("from .nothing import a, b", "tools.nothing", "Write that module"),
        ("import shared.moor", "shared.moor", "Did you mean 'shared.more'?"),
        ("from shared.more.deep import x", "shared.more.deep", ""),
    ],
)
def test_a_module_that_is_not_there_is_told_at_its_import(
    tmp_path: Path, line: str, name: str, advice: str
) -> None:
    [finding] = found(importing(tmp_path, line), "DE710")
    assert str(finding.place) == f"{TOOL}:1:1"
    assert finding.message == f"there is no module `{name}` in the plugin"
    assert advice in finding.advice


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("from tools.base import KEY, KEYS", "1:29"),
        ("from . import nothing", "1:15"),
        ("from shared import KEY as K", "1:20"),
        ("from tools import (\n    base,\n    nothing,\n)", "3:5"),
    ],
)
def test_a_name_that_a_module_does_not_have_is_told_where_it_stands(
    tmp_path: Path, line: str, place: str
) -> None:
    assert places(importing(tmp_path, line), "DE711") == [f"{TOOL}:{place}"]


@pytest.mark.parametrize(
    "text",
    [
        "from nowhere import *",
        "def __getattr__(name): ...",
        "globals().update(KEYS=1)",
        "def",
        "try:\n    KEYS = 1\nexcept E:\n    pass",
    ],
)
def test_a_module_may_have_names_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    folder = importing(tmp_path, "from tools.base import KEYS")
    assert places(folder, "DE711") == [f"{TOOL}:1:24"]
    write(folder, "tools/base.py", text)
    assert found(folder, "DE711") == []


@pytest.mark.parametrize("line", ["from ..shared import more", "from .. import shared"])
def test_a_relative_import_does_not_leave_the_top_package(tmp_path: Path, line: str) -> None:
    assert places(importing(tmp_path, line), "DE712") == [f"{TOOL}:1:1"]


def test_a_module_at_the_top_has_no_package(tmp_path: Path) -> None:
    folder = importing(tmp_path, "from .shared import more", "main.py")
    assert places(folder, "DE712") == ["main.py:1:1"]


@pytest.mark.parametrize(
    "line",
    [
        "def f():\n    import tools.nothing",
        "if DEBUG:\n    import tools.nothing",
        "if TYPE_CHECKING:\n    import tools.nothing",
        "try:\n    import tools.nothing\nexcept ImportError:\n    pass",
    ],
)
def test_only_an_import_that_surely_runs_is_told(tmp_path: Path, line: str) -> None:
    assert found(importing(tmp_path, line), "DE710") == []


def test_two_dots_lead_to_the_folder_above(tmp_path: Path) -> None:
    folder = importing(tmp_path, "from tools.deep import more")
    write(folder, "tools/deep/more.py", "from ..base import KEY\nfrom .. import base\n")
    assert found(folder, "DE710", "DE711", "DE712") == []
    write(folder, "tools/deep/more.py", "from ..bases import KEY\nfrom ... import base\n")
    assert places(folder, "DE710") == ["tools/deep/more.py:1:1"]
    assert places(folder, "DE712") == ["tools/deep/more.py:2:1"]


def test_the_standard_library_may_stand_before_the_plugin(tmp_path: Path) -> None:
    folder = importing(tmp_path, "from io import StringIO")
    write(folder, "io.py", "")
    assert found(folder, "DE711") == []


def test_only_what_is_loaded_counts(tmp_path: Path) -> None:
    folder = importing(tmp_path, "import os")
    write(folder, "shared/more.py", "import tools.nothing\n")
    assert found(folder, "DE710") == []
    change(folder, TOOL, "import os", "from shared import more")
    assert places(folder, "DE710") == ["shared/more.py:1:1"]


def test_a_folder_that_is_no_package_may_be_that_of_another(tmp_path: Path) -> None:
    folder = importing(tmp_path, "import loose.nothing")
    write(folder, "loose/something.py", "")
    assert found(folder, "DE710") == []
    write(folder, "loose/__init__.py", "")
    assert places(folder, "DE710") == [f"{TOOL}:1:1"]
