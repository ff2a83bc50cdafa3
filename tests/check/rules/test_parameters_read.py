"""What tools read of their parameters, against what their yaml declares."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.check.checked import change, found, places, whole_plugin, write
from tests.support.plugin import parameter, write_yaml

BODY = "storage.set('k', b'v')\n"
"""What stands in line 7 of the tool."""


def tool(folder: Path, body: str, *parameters: dict[str, Any]) -> Path:
    """A plugin whose tool has these lines in the place of its first, and these parameters."""
    whole_plugin(folder)
    lines = "\n        ".join(body.splitlines())
    change(folder, "tools/remember.py", BODY, f"{lines}\n")
    path = folder / "tools" / "remember.yaml"
    write_yaml(path, {**yaml.safe_load(path.read_text()), "parameters": [*parameters]})
    return folder


def imports(folder: Path, line: str) -> None:
    """The tool's module imports something more."""
    first = "from dify_plugin import Tool"
    change(folder, "tools/remember.py", first, f"{first}\n{line}")


def read(folder: Path) -> list[str]:
    return [f"{each.place.line}:{each.place.column}" for each in found(folder, "DE720")]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("tool_parameters['x']", "7:25"),
        ("tool_parameters.get('x')", "7:29"),
        ("tool_parameters.get('x', 1)", "7:29"),
        ("tool_parameters.pop('x', 1)", "7:29"),
        ("'x' in tool_parameters", "7:9"),
        ("p = tool_parameters\np['x']", "8:11"),
        ("p = dict(tool_parameters or {})\np.get('x')", "8:15"),
        ("tool_parameters.copy().get('x')", "7:36"),
        ("for name in ('a', 'x'):\n    tool_parameters.get(name)", "7:27"),
        ("lambda: tool_parameters['x']", "7:33"),
    ],
)
def test_a_parameter_that_is_read_has_to_be_declared(tmp_path: Path, body: str, place: str) -> None:
    assert read(tool(tmp_path / "without", body, parameter("a"))) == [place]
    assert read(tool(tmp_path / "with", body, parameter("a"), parameter("x"))) == []


@pytest.mark.parametrize(
    "body",
    [
        "other = {}\nother['x']",
        "tool_parameters['x'] = 1\ntool_parameters['x']",
        "tool_parameters.update(x=1)\ntool_parameters['x']",
        "tool_parameters.update({'y': 1}, x=1)\ntool_parameters['x']",
        "p = tool_parameters or self.other()\np['x']",
        "self.use(*self.more, tool_parameters)\ntool_parameters['x']",
        "tool_parameters.setdefault('x', 1)\ntool_parameters['x']",
        "tool_parameters[self.name()] = 1\ntool_parameters['x']",
        "unknown(tool_parameters)\ntool_parameters['x']",
        "login(tool_parameters)\ntool_parameters['x']",
        "use(tool_parameters if self.use else other)\ntool_parameters['x']",
        "tool_parameters = self.other()\ntool_parameters['x']",
        "for tool_parameters in []:\n    tool_parameters['x']",
    ],
)
def test_what_the_code_may_have_put_there_itself_need_not_be_declared(
    tmp_path: Path, body: str
) -> None:
    assert read(tool(tmp_path, body)) == []


def test_the_nearest_declared_parameter_is_the_advice(tmp_path: Path) -> None:
    [finding] = found(tool(tmp_path, "tool_parameters['quary']", parameter("query")), "DE720")
    assert finding.message == (
        "`quary` is read, and tools/remember.yaml declares no parameter of that name"
    )
    assert finding.advice == "Did you mean 'query'?"


def test_a_parameter_is_told_once_where_it_is_first_read(tmp_path: Path) -> None:
    body = "if tool_parameters.get('x'):\n    tool_parameters['x']"
    assert read(tool(tmp_path, body)) == ["7:32"]


def test_parameters_are_followed_into_methods_and_helpers(tmp_path: Path) -> None:
    folder = tool(tmp_path, "self.use(params=tool_parameters)\nshared.use(tool_parameters, 'y')")
    imports(folder, "from tools import shared")
    with (folder / "tools" / "remember.py").open("a") as file:
        file.write("\n    def use(self, params):\n        return params['x']\n")
    code = "def use(values, key):\n    return values.get(key), values['z']\n"
    write(folder, "tools/shared.py", code)
    assert places(folder, "DE720") == [
        "tools/remember.py:9:37",
        "tools/remember.py:13:23",
        "tools/shared.py:2:36",
    ]


def test_parameters_are_followed_into_an_inherited_method(tmp_path: Path) -> None:
    folder = tool(tmp_path, "super()._invoke(tool_parameters)")
    change(
        folder, "tools/remember.py", "from dify_plugin import Tool", "from tools.base import Base"
    )
    change(folder, "tools/remember.py", "(Tool)", "(base.Base)")
    write(folder, "tools/base.py", """\
        from dify_plugin import Tool


        class Base(Tool):
            def _invoke(self, given):
                self.log(given['x'])
    """)  # fmt: skip
    assert places(folder, "DE720") == ["tools/base.py:6:24"]


USE = "    def use(self, params):\n        return params['x']\n"


@pytest.mark.parametrize(
    ("bases", "decorator", "followed"),
    [("Tool", "", True), ("Tool, Mixin", "", False), ("Tool", "    @changed\n", False)],
)
def test_only_a_method_that_is_surely_called_so_is_followed(
    tmp_path: Path, bases: str, decorator: str, followed: bool
) -> None:
    folder = tool(tmp_path, "self.use(tool_parameters)")
    change(folder, "tools/remember.py", "from dify_plugin import Tool", "from tools import base")
    change(folder, "tools/remember.py", "(Tool)", "(base.Base)")
    head = "from dify_plugin import Tool\nfrom mixins import Mixin, changed\n\n\n"
    write(folder, "tools/base.py", f"{head}class Base({bases}):\n{decorator}{USE}")
    assert bool(places(folder, "DE720")) is followed


def test_code_that_is_nested_too_deep_says_nothing(tmp_path: Path) -> None:
    folder = tool(tmp_path, f"tool_parameters{'.copy()' * 900}['x']", parameter("a"))
    assert found(folder, "DE720", "DE721") == []


def test_a_key_that_a_caller_leaves_to_its_default_is_not_known(tmp_path: Path) -> None:
    folder = tool(tmp_path, "self.use(tool_parameters)", parameter("a"))
    with (folder / "tools" / "remember.py").open("a") as file:
        file.write("\n    def use(self, params, key='a'):\n        return params[key]\n")
        file.write("\n\nkey = 'x'\n")
    assert found(folder, "DE720", "DE721") == []


def test_what_follows_a_star_goes_to_no_known_parameter(tmp_path: Path) -> None:
    folder = tool(tmp_path, "self.use(*self.more, tool_parameters)")
    with (folder / "tools" / "remember.py").open("a") as file:
        file.write("\n    def use(self, a, params):\n        return params['x']\n")
    assert places(folder, "DE720") == []


def test_a_local_name_is_not_the_function_of_that_name(tmp_path: Path) -> None:
    folder = tool(tmp_path, "shared = self.other\nshared(tool_parameters)")
    imports(folder, "from shared import shared")
    write(folder, "shared.py", "def shared(values):\n    return values.get('x')\n")
    assert places(folder, "DE720") == []


def test_what_tools_share_may_read_what_one_of_them_declares(tmp_path: Path) -> None:
    folder = tool(tmp_path, "shared(tool_parameters)", parameter("x"))
    imports(folder, "from shared import shared")
    write(folder, "shared.py", "def shared(values):\n    return values.get('x')\n")
    for ending in ("py", "yaml"):
        text = (folder / "tools" / f"remember.{ending}").read_text()
        write(folder, f"tools/other.{ending}", text.replace("remember", "other"))
    both = "- tools/remember.yaml\n- tools/other.yaml"
    change(folder, "provider/test.yaml", "- tools/remember.yaml", both)
    change(folder, "tools/other.yaml", "- name: x", "- name: y")
    assert places(folder, "DE720") == []
    change(folder, "tools/remember.yaml", "- name: x", "- name: y")
    assert places(folder, "DE720") == ["shared.py:2:23"]


def test_a_tool_that_says_its_parameters_at_run_time_may_read_any(tmp_path: Path) -> None:
    folder = tool(tmp_path, "tool_parameters['x']", parameter("a"))
    with (folder / "tools" / "remember.py").open("a") as file:
        file.write("\n    def _get_runtime_parameters(self):\n        return []\n")
    assert found(folder, "DE720", "DE721") == []


def test_a_tool_may_declare_that_it_has_others_at_run_time(tmp_path: Path) -> None:
    folder = tool(tmp_path, "tool_parameters['x']", parameter("a"))
    change(
        folder, "tools/remember.yaml", "parameters:", "has_runtime_parameters: true\nparameters:"
    )
    assert found(folder, "DE720", "DE721") == []


def test_a_declared_parameter_has_to_be_read(tmp_path: Path) -> None:
    folder = tool(tmp_path, "tool_parameters.get('a')", parameter("a"), parameter("b"))
    assert places(folder, "DE721") == ["tools/remember.yaml:17:9"]


@pytest.mark.parametrize(
    "body",
    [
        "tool_parameters['a']",
        "call(**tool_parameters)",
        "unknown(tool_parameters)",
        "dict(tool_parameters.items())",
        "[tool_parameters[name] for name in tool_parameters]",
        "tool_parameters.get(self.name)",
        "for name in ('b',):\n    name = other(name)\n    tool_parameters.get(name)",
        "self.parameters = tool_parameters",
        "f'{tool_parameters}'",
        "{**tool_parameters}",
        "return tool_parameters",
        "logger.info('%s', tool_parameters)",
        "other = tool_parameters if self.use else {'b': 1}",
    ],
)
def test_a_parameter_is_read_where_all_may_be(tmp_path: Path, body: str) -> None:
    assert places(tool(tmp_path, body, parameter("a")), "DE721") == []


@pytest.mark.parametrize(
    "body",
    [
        "if tool_parameters and self.use:\n    pass",
        "n = 1 if not tool_parameters else 2",
        "len(tool_parameters)",
        "pass",
    ],
)
def test_a_look_at_them_all_reads_no_parameter(tmp_path: Path, body: str) -> None:
    assert places(tool(tmp_path, body, parameter("a")), "DE721") == ["tools/remember.yaml:11:9"]


def test_what_the_model_may_leave_out_is_not_taken_to_be_there(tmp_path: Path) -> None:
    folder = tool(tmp_path, "tool_parameters['a']", parameter("a", default="x"))
    [finding] = found(folder, "DE722")
    assert str(finding.place) == "tools/remember.py:7:25"
    assert finding.message == "the model may leave out `a`, and then this is a KeyError"
    assert finding.advice == "Write `.get('a')`, or declare it with `required: true`."


@pytest.mark.parametrize("more", [{"required": True}, {"form": "form", "default": "x"}])
def test_what_is_always_there_may_be_taken_to_be_there(
    tmp_path: Path, more: dict[str, Any]
) -> None:
    folder = tool(tmp_path, "tool_parameters['a']", parameter("a", **more))
    assert found(folder, "DE722") == []


@pytest.mark.parametrize(
    "body",
    [
        "if 'a' in tool_parameters:\n    tool_parameters['a']",
        "if tool_parameters.get('a'):\n    tool_parameters['a']",
        "tool_parameters.setdefault('a', 1)\ntool_parameters['a']",
        "tool_parameters.pop('a', None)",
        "try:\n    tool_parameters['a']\nexcept KeyError:\n    pass",
        "try:\n    self.use(tool_parameters)\nexcept (ValueError, LookupError):\n    pass",
        "with suppress(KeyError):\n    tool_parameters['a']",
        "check(tool_parameters)\ntool_parameters['a']",
    ],
)
def test_code_that_looks_first_may_take_it_to_be_there(tmp_path: Path, body: str) -> None:
    folder = tool(tmp_path, body, parameter("a"))
    with (folder / "tools" / "remember.py").open("a") as file:
        file.write("\n    def use(self, params):\n        return params['a']\n")
    assert found(folder, "DE722") == []


@pytest.mark.parametrize(
    ("kind", "items", "base", "method"),
    [
        ("agent_strategies", "strategies", "AgentStrategy", "_invoke(self, given)"),
        ("triggers", "events", "Event", "_on_event(self, request, given, payload)"),
        ("datasources", "datasources", "WebsiteCrawlDatasource", "_get_website_crawl(self, given)"),
        ("datasources", "datasources", "OnlineDocumentDatasource", "_get_pages(self, given)"),
    ],
)
def test_what_is_not_a_tool_has_parameters_too(
    tmp_path: Path, kind: str, items: str, base: str, method: str
) -> None:
    folder = whole_plugin(tmp_path)
    manifest = yaml.safe_load((folder / "manifest.yaml").read_text())
    write_yaml(folder / "manifest.yaml", {**manifest, "plugins": {kind: ["provider/it.yaml"]}})
    website = "website_crawl" if base.startswith("Website") else "online_document"
    write_yaml(folder / "provider/it.yaml", {"provider_type": website, items: ["it/it.yaml"]})
    source = {"python": {"source": "it/it.py"}}
    parameters = [parameter("a"), parameter("b")]
    write_yaml(folder / "it/it.yaml", {"parameters": parameters, "extra": source})
    module = "dify_plugin.interfaces." + {"agent_strategies": "agent", "triggers": "trigger"}.get(
        kind, "datasource"
    )
    head = f"from {module} import {base}\n\n\nclass It({base}):\n    def {method}:\n"
    write(folder, "it/it.py", head + "        return given['a'], given['x']\n")
    assert places(folder, "DE720") == ["it/it.py:6:34"]
    assert places(folder, "DE721") == ["it/it.yaml:8:9"]
    assert places(folder, "DE722") == []
