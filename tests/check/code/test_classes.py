"""What names stand for in a plugin's modules, and what its classes are derived from."""

import ast
from pathlib import Path

import pytest

from emulator.check.code.classes import Classes, Meaning, Named, PluginClass, PluginFunction
from emulator.check.code.modules import Modules
from tests.check.checked import write

BASE = """\
import json as j
from dify_plugin import Tool


class Base(Tool):
    def _invoke(self, p): ...
    def shared(self): ...


def helper(): ...
_hidden = Again = Base
"""


def classes_of(folder: Path, text: str) -> Classes:
    """The classes of a plugin with `tools/base.py` and this as `tools/add.py`."""
    write(folder, "tools/base.py", BASE)
    write(folder, "tools/add.py", text)
    return Classes(Modules(folder))


def meaning(folder: Path, head: str, expression: str) -> str | None:
    """What an expression stands for below some lines, told in words."""
    classes = classes_of(folder, head)
    module = Modules(folder)["tools/add.py"]
    return _told(classes.resolve(module, ast.parse(expression, mode="eval").body))


def _told(found: Meaning | None) -> str | None:
    match found:
        case PluginClass(module=module, node=node) | PluginFunction(module=module, node=node):
            return f"{type(node).__name__} {module.name}:{node.name}"
        case Named(name=name):
            return name
    return None


@pytest.mark.parametrize(
    ("head", "expression", "expected"),
    [
        ("import json", "json.loads", "json.loads"),
        ("from json import loads as read", "read", "json.loads"),
        ("import os.path", "os.path.join", "os.path.join"),
        ("from dify_plugin import Tool", "Tool", "dify_plugin.Tool"),
        ("from dify_plugin import *", "Tool", "dify_plugin.Tool"),
        ("from tools.base import Base", "Base", "ClassDef tools.base:Base"),
        ("from tools.base import Again as B", "B", "ClassDef tools.base:Base"),
        ("from tools.base import *", "helper", "FunctionDef tools.base:helper"),
        ("from . import base", "base.helper", "FunctionDef tools.base:helper"),
        ("import tools.base", "tools.base.Base", "ClassDef tools.base:Base"),
        ("from tools import base as b", "b.j.dumps", "json.dumps"),
        ("class A: ...\nB = C = A", "C", "ClassDef tools.add:A"),
        ("try:\n    import json\nexcept E:\n    import json", "json", "json"),
        ("try:\n    import ujson as j\nexcept E:\n    import json as j", "j", None),
        ("if X:\n    import json as j\nelse:\n    import ujson as j", "j", None),
        ("import ujson as j\nimport json as j", "j", "json"),
        ("import json\ndel json", "json", None),
        ("if TYPE_CHECKING:\n    import json", "json", None),
        ("from nowhere import *", "anything", None),
        ("from tools.base import nothing", "nothing", None),
        ("a = b\nb = a", "a", None),
        ("with f() as g:\n    from json import loads", "loads", "json.loads"),
        ("with f() as json:\n    pass", "json", None),
        ("import json\nfor json in ():\n    pass", "json", None),
        ("import json\nif (json := 1):\n    pass", "json", None),
        ("import json\njson += 1", "json", None),
        ("import json\nmatch x:\n    case [*json]:\n        pass", "json", None),
        ("import json\nmatch x:\n    case {**json}:\n        pass", "json", None),
        ("from tools.base import *", "_hidden", None),
        ("from tools.base import _hidden", "_hidden", "ClassDef tools.base:Base"),
        ("(a, [json, *b]) = f()", "json", None),
        ("import json", "json().loads", None),
        ("from ...up import x", "x", None),
    ],
)
def test_a_name_stands_for(
    tmp_path: Path, head: str, expression: str, expected: str | None
) -> None:
    assert meaning(tmp_path, head, expression) == expected


def last_class(classes: Classes, folder: Path) -> PluginClass:
    return classes.of_module(Modules(folder)["tools/add.py"])[-1]


@pytest.mark.parametrize(
    ("text", "sdk", "whole"),
    [
        ("from dify_plugin import Tool\nclass A(Tool): ...", "Tool", True),
        ("from tools.base import Base\nclass A(Base): ...", "Tool", True),
        (
            "from dify_plugin import OAICompatProvider as P\nclass A(P): ...",
            "OAICompatProvider",
            True,
        ),
        ("from abc import ABC\nclass A(ABC, Exception): ...", None, True),
        ("from nowhere import B\nclass A(B): ...", None, False),
        ("class A(make()): ...", None, False),
        ("class A(B): ...", None, False),
        ("from nowhere import *\nclass A(Exception): ...", None, False),
        ("from dify_plugin import Tool\nclass A(Tool, metaclass=M): ...", "Tool", False),
        ("class A(A): ...", None, False),
        ("from dify_plugin import Tool\nclass Tool(Tool): ...", "Tool", True),
        ("from dify_plugin import Tool\nif X: Tool = 3\nclass Tool(Tool): ...", None, False),
    ],
)
def test_a_class_is_derived_from(tmp_path: Path, text: str, sdk: str | None, whole: bool) -> None:
    classes = classes_of(tmp_path, text)
    cls = last_class(classes, tmp_path)
    assert (classes.sdk_base(cls), classes.lineage(cls).whole) == (sdk, whole)


def test_methods_are_inherited_from_the_nearest_class(tmp_path: Path) -> None:
    classes = classes_of(
        tmp_path,
        """\
        from tools.base import Base
        class Mixin:
            def extra(self): ...
            def _invoke(self): ...
        class A(Mixin, Base):
            shared = None
            def own(self): ...
        """,
    )
    cls = last_class(classes, tmp_path)
    found = {name: method.module.name for name, method in classes.methods(cls).items()}
    assert found == {"_invoke": "tools.add", "extra": "tools.add", "own": "tools.add"}
    [base] = classes.of_module(Modules(tmp_path)["tools/base.py"])
    method = classes.method(base, "shared")
    assert method is not None
    assert method.node.lineno == 7


def test_a_class_above_two_others_comes_after_both(tmp_path: Path) -> None:
    classes = classes_of(
        tmp_path,
        """\
        from tools.base import Base
        class Left(Base): ...
        class Right(Base):
            def shared(self): ...
        class A(Left, Right): ...
        """,
    )
    cls = last_class(classes, tmp_path)
    assert [each.name for each in classes.lineage(cls).classes] == ["A", "Left", "Right", "Base"]
    method = classes.method(cls, "shared")
    assert method is not None
    assert method.module.name == "tools.add"


def test_whether_a_class_is_a_tool_is_told_if_it_can_be(tmp_path: Path) -> None:
    classes = classes_of(
        tmp_path,
        """\
        from dify_plugin import Tool
        from nowhere import Unknown
        class A(Tool): ...
        class B(Unknown): ...
        class C: ...
        """,
    )
    found = classes.of_module(Modules(tmp_path)["tools/add.py"])
    assert [classes.is_a(each, "Tool") for each in found] == [True, None, False]


def test_a_package_stands_before_a_module_of_its_name(tmp_path: Path) -> None:
    for name in ("a.py", "a/__init__.py", "b/c.py"):
        write(tmp_path, name, "")
    modules = Modules(tmp_path)
    assert modules.named("a") is modules["a/__init__.py"]
    assert (modules.has("b"), modules.named("b"), modules.has("b.c")) == (True, None, True)
    assert (modules.has("c"), modules.is_package("b.c"), modules.is_package("b")) == (
        False,
        False,
        True,
    )
