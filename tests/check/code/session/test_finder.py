"""How the session's storage is told from everything else: `keys` is found on nothing else."""

from pathlib import Path
from textwrap import dedent

import pytest

from tests.check.checked import places, whole_plugin, write

HELPER = "helpers/memory.py"


def helper(folder: Path, code: str, tool: str = "pass") -> list[str]:
    """`line:column` of what is found in a module of the plugin's own."""
    plugin = whole_plugin(folder)
    write(plugin, HELPER, dedent(code))
    top = "from dify_plugin import Tool\nfrom helpers.memory import *\nfrom helpers import memory"
    body = f"class Remember(Tool):\n    def _invoke(self, tool_parameters):\n        {tool}\n"
    write(plugin, "tools/remember.py", f"{top}\n\n{body}")
    found = [each.split(":", 1) for each in places(plugin, "DE750")]
    assert {file for file, _ in found} <= {HELPER}
    return [place for _, place in found]


@pytest.mark.parametrize("base", ["Tool", "Endpoint", "AgentStrategy"])
def test_self_session_of_what_the_sdk_hands_one(tmp_path: Path, base: str) -> None:
    code = f"""
        from dify_plugin.interfaces.agent import AgentStrategy
        from dify_plugin import Endpoint, Tool

        class Mine({base}):
            def work(self):
                self.session.storage.keys()
        """
    assert helper(tmp_path, code) == ["7:9"]


def test_the_session_of_a_triggers_runtime(tmp_path: Path) -> None:
    code = """
        from dify_plugin.interfaces.trigger import Trigger

        class Mine(Trigger):
            def _dispatch_event(self, subscription, request):
                session = self.runtime.session
                session.storage.keys()
        """
    assert helper(tmp_path, code) == ["7:9"]


@pytest.mark.parametrize(
    "lines",
    [
        "storage = self.session.storage\n        storage.keys()",
        "storage = self.session.storage if self.session else None\n        storage.keys()",
        "(storage := self.session.storage).keys()",
        "self.kept = self.session.storage\n        self.kept.keys()",
        "self._storage().keys()",
        "self.memory.keys()",
        "def later():\n            self.session.storage.keys()",
        "x = [lambda: self.session.storage.keys()]",
    ],
)
def test_what_is_assigned_from_it(tmp_path: Path, lines: str) -> None:
    code = f"""
from dify_plugin import Tool

class Mine(Tool):
    def work(self):
        {lines}

    def _storage(self):
        return self.session.storage

    @property
    def memory(self):
        return self._storage()
"""
    assert len(helper(tmp_path, code)) == 1


@pytest.mark.parametrize(
    "code",
    [
        "from dify_plugin.core.runtime import Session\ndef f(s: Session):\n    s.storage.keys()",
        "from dify_plugin.core.runtime import Session\ndef f(s: 'Session | None'):\n"
        "    s.storage.keys()",
        "from dify_plugin.invocations.storage import StorageInvocation as Store\n"
        "def f(s: Store):\n    s.keys()",
        "from dify_plugin import Tool\ndef f(tool: Tool):\n    tool.session.storage.keys()",
    ],
)
def test_a_parameter_that_is_annotated(tmp_path: Path, code: str) -> None:
    assert len(helper(tmp_path, code)) == 1


@pytest.mark.parametrize(
    ("calls", "found"),
    [
        ("list_all(self.session.storage)", True),
        ("list_all(storage=self.session.storage)", True),
        ("memory.list_all(self.session.storage)", True),
        ("list_all(self.session.storage); list_all(self.session.storage)", True),
        ("list_all(self.session.storage); list_all({})", False),
        ("list_all(*self.arguments)", False),
        ("pass", False),
    ],
)
def test_a_parameter_is_what_all_calls_give_it(tmp_path: Path, calls: str, found: bool) -> None:
    code = "def list_all(storage):\n    return storage.keys()\n"
    assert helper(tmp_path, code, tool=calls) == (["2:12"] if found else [])


def test_calls_of_what_may_be_the_same_method_count(tmp_path: Path) -> None:
    code = "class Memory:\n    def all(self, storage):\n        return storage.keys()\n"
    given = "memory.Memory().all(self.session.storage)"
    assert helper(tmp_path / "a", code, given) == ["3:16"]
    assert helper(tmp_path / "b", code, f"{given}; self.other.all({{}})") == []


def test_arguments_that_cannot_be_counted_are_not_known(tmp_path: Path) -> None:
    code = "def list_all(first, storage):\n    return storage.keys()\n"
    assert helper(tmp_path / "a", code, "list_all(1, self.session.storage)") == ["2:12"]
    assert helper(tmp_path / "b", code, "list_all(*self.some, self.session.storage)") == []


def test_what_the_plugins_tests_give_does_not_count(tmp_path: Path) -> None:
    write(tmp_path, "tests/test_it.py", "from helpers.memory import list_all\nlist_all({})\n")
    code = "def list_all(storage):\n    return storage.keys()\n"
    assert helper(tmp_path, code, "list_all(self.session.storage)") == ["2:12"]


WRAPPER = """
    class Memory:
        def __init__(self, storage):
            self._storage = storage

        def all(self):
            return self._storage.keys()
    """


def test_a_wrapper_of_the_plugins_own(tmp_path: Path) -> None:
    assert helper(tmp_path / "a", WRAPPER, "Memory(self.session.storage).all()") == ["7:16"]
    assert helper(tmp_path / "b", WRAPPER, "Memory({}).all()") == []
    assert helper(tmp_path / "c", WRAPPER, "Memory(self.session.storage), Memory({})") == []


def test_a_dataclass_that_holds_a_session(tmp_path: Path) -> None:
    code = """
        from dataclasses import dataclass
        from dify_plugin.core.runtime import Session

        @dataclass
        class Context:
            session: Session

            def keys(self):
                return self.session.storage.keys()
        """
    assert helper(tmp_path, code) == ["10:16"]


def test_a_class_that_is_mixed_in(tmp_path: Path) -> None:
    code = "class Mixed:\n    def all(self):\n        return self.session.storage.keys()\n"
    assert helper(tmp_path, code) == ["3:16"]


def test_an_invocation_made_by_hand(tmp_path: Path) -> None:
    code = """
        from dify_plugin.invocations.app.chat import ChatAppInvocation

        def ask(session):
            ChatAppInvocation(session).call()
        """
    assert helper(tmp_path, code) == ["5:5"]


@pytest.mark.parametrize(
    "code",
    [
        "def f(storage):\n    storage.keys()",
        "from google.cloud import storage\nstorage.keys()",
        "import boto3\nsession = boto3.Session()\nsession.storage.keys()",
        "class A:\n    def __init__(self):\n        self.session = Client()\n"
        "    def f(self):\n        self.session.storage.keys()",
        "from client import Base\nclass A(Base):\n    def f(self):\n"
        "        self.session.storage.keys()",
        "from dify_plugin import ToolProvider\nclass A(ToolProvider):\n    def f(self):\n"
        "        self.session.storage.keys()",
        "from dify_plugin import Tool\nclass A(Tool):\n    def f(self):\n"
        "        storage = self.session.storage\n        storage = {}\n        storage.keys()",
        "from dify_plugin import Tool\nclass A(Tool):\n    def f(self):\n"
        "        for storage in self.all:\n            storage.keys()",
        "from dify_plugin import Tool\nclass A(Tool):\n    @staticmethod\n    def f(it):\n"
        "        it.session.storage.keys()",
        "from sqlalchemy.orm import Session\ndef f(session: Session):\n    session.storage.keys()",
        "from dify_plugin.file.file import File\ndef f(session_file: File):\n"
        "    session_file.keys()",
        "from dify_plugin import Tool\nclass A(Tool):\n    def f(self):\n"
        "        storage = self.session.storage\n        def g():\n"
        "            nonlocal storage\n            storage = {}\n        storage.keys()",
        "async def f():\n    storage = await connect()\n    storage.keys()",
        "def f(session: 'not python'):\n    session.storage.keys()",
    ],
)
def test_what_is_something_else_or_cannot_be_told(tmp_path: Path, code: str) -> None:
    assert helper(tmp_path, code) == []


def test_names_that_stand_for_themselves_come_to_an_end(tmp_path: Path) -> None:
    code = """
        from dify_plugin import Tool

        class Mine(Tool):
            def work(self, storage=None):
                storage = storage or self.session.storage
                storage.keys()
                self.work(storage)
                self.work()
        """
    assert helper(tmp_path, code) == ["7:9"]


def test_a_sum_of_a_thousand_texts_is_no_harm(tmp_path: Path) -> None:
    total = " + ".join(["'a'"] * 700)
    code = f"from dify_plugin import Tool\nclass A(Tool):\n    def f(self):\n        x = {total}\n"
    code += "        self.session.storage.set('k', x)\n        self.session.storage.keys()\n"
    assert helper(tmp_path, code) == ["6:9"]
