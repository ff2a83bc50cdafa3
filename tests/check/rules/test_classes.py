"""How many classes the SDK finds in a source."""

from pathlib import Path

import pytest

from tests.check.checked import change, found, places, whole_plugin, write

SOURCE = "tools/remember.yaml:13:13"
CLASS = """\
class {name}({base}):
    def _invoke(self, tool_parameters):
        yield self.create_text_message("ok")
"""


def with_tool(tmp_path: Path, head: str, name: str = "Mine", base: str = "Tool") -> Path:
    """A whole plugin whose tool is this, below these lines."""
    folder = whole_plugin(tmp_path)
    write(folder, "tools/remember.py", head + "\n" + CLASS.format(name=name, base=base))
    base_class = CLASS.format(name="Base", base="Tool")
    write(folder, "tools/base.py", "from dify_plugin import Tool\n" + base_class)
    return folder


@pytest.mark.parametrize(
    ("head", "base"),
    [
        ("from dify_plugin import Tool", "Tool"),
        ("from dify_plugin.interfaces.tool import Tool as T", "T"),
        ("import dify_plugin", "dify_plugin.Tool"),
        ("import dify_plugin.interfaces.tool as tool", "tool.Tool"),
        ("from dify_plugin import *", "Tool"),
        ("import dify_plugin\nParent = dify_plugin.Tool", "Parent"),
        ("from tools import base", "base.Base"),
        ("from . import base", "base.Base"),
        ("import tools.base", "tools.base.Base"),
        ("import tools.base as other", "other.Base"),
        ("from nowhere import Parent", "Parent"),
        ("Parent = make()", "Parent"),
        ("from dify_plugin import Tool\nfrom typing import Generic\nclass M: ...", "M, Tool"),
    ],
)
def test_one_class_is_found_whatever_its_base_is_called(
    tmp_path: Path, head: str, base: str
) -> None:
    assert found(with_tool(tmp_path, head, base=base), "DE704", "DE705") == []


@pytest.mark.parametrize(
    ("head", "base"),
    [
        ("", "object"),
        ("from dify_plugin import ToolProvider", "ToolProvider"),
        ("from os.path import *\nfrom enum import Enum", "Enum"),
        ("import nowhere\nfrom nowhere import Client\nx = Client()", "object"),
        ("LIMITS = read()\nlogger = get()", "object"),
        ("from tools.base import *", "object"),
    ],
)
def test_a_source_without_the_class_is_refused(tmp_path: Path, head: str, base: str) -> None:
    folder = with_tool(tmp_path, head, base=base)
    write(folder, "tools/base.py", "def helper(): ...\n")
    if "tools.base" in head:  # what comes with a star may be anything
        assert found(folder, "DE704") == []
        return
    [finding] = found(folder, "DE704")
    assert str(finding.place) == SOURCE
    line = 2 + head.count("\n")
    assert f"Missing subclass of Tool in tools/remember.py: it defines `Mine` in line {line}" in (
        finding.message
    )


@pytest.mark.parametrize(
    "body",
    [
        "from nowhere import Mine\n",  # taken from a package for the SDK to find
        "from tools.base import Base\n",
        "from tools.base import *\n",
        "globals()['Mine'] = make()\n",
        "Mine = make()\n",
        "if sys.version_info > (3, 12):\n    from tools.base import Base\n",
        "def",
    ],
)
def test_nothing_is_said_of_what_may_hold_the_class(tmp_path: Path, body: str) -> None:
    folder = with_tool(tmp_path, "")
    write(folder, "tools/remember.py", body)
    assert found(folder, "DE704", "DE705") == []


@pytest.mark.parametrize(
    ("head", "base", "told"),
    [
        ("from tools.base import Base", "Base", "`Base` in line 1, `Mine` in line 2"),
        ("from .base import Base as _B", "_B", "`_B` in line 1, `Mine` in line 2"),
        (
            "from dify_plugin import Tool\nclass A(Tool): ...\nB = A",
            "object",
            "`A` in line 2, `B` in line 3",
        ),
    ],
)
def test_two_names_for_such_classes_are_refused(
    tmp_path: Path, head: str, base: str, told: str
) -> None:
    folder = with_tool(tmp_path, head, base=base)
    [finding] = found(folder, "DE705")
    assert str(finding.place) == SOURCE
    assert finding.message == f"Multiple subclasses of Tool in tools/remember.py: {told}"


@pytest.mark.parametrize(
    "head",
    [
        "from dify_plugin import Tool\nclass Mine(Tool): ...",  # the same name again
        "from dify_plugin import Tool\nclass A(Tool): ...\ndel A",
        "from dify_plugin import Tool\nif TYPE_CHECKING:\n    from tools.base import Base",
        "from dify_plugin import Tool\ntry:\n    from tools.base import Base\nexcept E:\n    pass",
        "from dify_plugin import Tool\ndef make():\n    class A(Tool): ...",
    ],
)
def test_only_names_that_are_surely_there_count(tmp_path: Path, head: str) -> None:
    assert found(with_tool(tmp_path, head), "DE704", "DE705") == []


def test_a_class_of_the_sdk_counts_when_it_is_imported(tmp_path: Path) -> None:
    folder = whole_plugin(tmp_path)
    change(folder, "provider/test.py", "import ToolProvider", "import AgentProvider, ToolProvider")
    assert places(folder, "DE705") == ["provider/test.yaml:13:13"]


def test_classes_that_are_derived_from_each_other_are_no_end(tmp_path: Path) -> None:
    folder = with_tool(tmp_path, "from tools.base import Loop", base="Loop")
    write(folder, "tools/base.py", "from tools.remember import Mine\nclass Loop(Mine): ...\n")
    assert found(folder, "DE704", "DE705") == []


TRIGGER = """\
identity:
  name: test
{constructor}events: []
extra:
  python:
    source: provider/trigger.py
"""
CODE = """\
from dify_plugin.interfaces.trigger import Trigger, TriggerSubscriptionConstructor
class T(Trigger): ...
"""


@pytest.mark.parametrize(
    ("declared", "constructors", "code"),
    [
        (True, 1, None),
        (False, 0, None),
        (True, 0, "DE704"),
        (False, 2, "DE705"),
    ],
)
def test_a_trigger_has_one_constructor_of_subscriptions_or_none(
    tmp_path: Path, declared: bool, constructors: int, code: str | None
) -> None:
    folder = whole_plugin(tmp_path)
    triggers = "plugins:\n  triggers:\n  - provider/trigger.yaml\n"
    change(folder, "manifest.yaml", "plugins:\n", triggers)
    constructor = "subscription_constructor:\n  credentials_schema: []\n" if declared else ""
    write(folder, "provider/trigger.yaml", TRIGGER.format(constructor=constructor))
    classes = [f"class C{n}(TriggerSubscriptionConstructor): ..." for n in range(constructors)]
    write(folder, "provider/trigger.py", CODE + "\n".join(classes))
    line = 8 if declared else 6
    expected = [(f"provider/trigger.yaml:{line}:13", code)] if code else []
    assert [(str(each.place), each.code) for each in found(folder, "DE704", "DE705")] == expected
