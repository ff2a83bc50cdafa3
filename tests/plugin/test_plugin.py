"""A plugin on disk: everything that it declares, or everything that is wrong with it."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.errors import NotThereError, PluginLoadError
from emulator.plugin.plugin import Plugin, read_manifest, read_plugin
from tests.support.emulator import SAMPLES
from tests.support.plugin import parameter, write_plugin, write_yaml

SAY = {"say": "yield self.create_text_message('hi')"}
HOOK = {"GET /a": "return Response('')"}
Change = Callable[[Path], object]


def refused(folder: Path) -> PluginLoadError:
    with pytest.raises(PluginLoadError) as refusal:
        read_plugin(folder)
    assert refusal.value.exit_code == 3
    return refusal.value


def replace(name: str, old: str, new: str) -> Change:
    def change(plugin: Path) -> None:
        text = (plugin / name).read_text()
        assert old in text
        (plugin / name).write_text(text.replace(old, new))

    return change


def test_a_plugin_is_read_with_tools_and_endpoints(tmp_path: Path) -> None:
    write_plugin(tmp_path, tools={**SAY, "other": "yield"}, endpoints={**HOOK, "PUT /b": "1"})
    plugin = read_plugin(tmp_path)
    assert (plugin.id, plugin.folder) == ("tests/plugin", tmp_path)
    assert [declared.tool.name for declared in plugin.tools] == ["say", "other"]
    assert {declared.provider.name for declared in plugin.tools} == {"test"}
    assert [(each.method, each.path) for each in plugin.endpoints] == [("GET", "/a"), ("PUT", "/b")]
    assert plugin.group is not None


def test_a_plugin_without_endpoints_has_no_group(tmp_path: Path) -> None:
    plugin = read_plugin(write_plugin(tmp_path, tools=SAY))
    assert (plugin.group, plugin.endpoints) == (None, [])


@pytest.mark.parametrize("sample", sorted(p.parent.name for p in SAMPLES.glob("*/manifest.yaml")))
def test_the_samples_are_right(sample: str) -> None:
    plugin = read_plugin(SAMPLES / sample)
    assert plugin.tools or plugin.endpoints


def remove(name: str) -> Change:
    return lambda plugin: (plugin / name).unlink()


@pytest.mark.parametrize(
    ("change", "file", "at", "says"),
    [
        pytest.param(remove("provider/test.yaml"), "provider/test.yaml", "", "no such file",
                     id="no provider"),
        pytest.param(remove("tools/say.yaml"), "tools/say.yaml", "", "no such file", id="no tool"),
        pytest.param(remove("group/test.yaml"), "group/test.yaml", "", "no such file",
                     id="no group"),
        pytest.param(remove("endpoints/endpoint0.yaml"), "endpoints/endpoint0.yaml", "",
                     "no such file", id="no endpoint"),
        pytest.param(remove("tools/say.py"), "tools/say.yaml", "source:",
                     "`extra.python.source` is 'tools/say.py', and there is no such file",
                     id="no code of a tool"),
        pytest.param(remove("provider/test.py"), "provider/test.yaml", "source:",
                     "`extra.python.source` is 'provider/test.py', and there is no such file",
                     id="no code of a provider"),
        pytest.param(remove("endpoints/endpoint0.py"), "endpoints/endpoint0.yaml", "source:",
                     "`extra.python.source` is 'endpoints/endpoint0.py', and there is no such file",
                     id="no code of an endpoint"),
        pytest.param(lambda plugin: shutil.rmtree(plugin / "_assets"), "_assets", "",
                     "is missing: the SDK cannot load a plugin without this folder",
                     id="no _assets"),
        pytest.param(remove("main.py"), "manifest.yaml", "entrypoint:",
                     "`meta.runner.entrypoint` is 'main', and there is no main.py",
                     id="no code of the entrypoint"),
        pytest.param(replace("manifest.yaml", "entrypoint: main", "entrypoint: mian"),
                     "manifest.yaml", "entrypoint:",
                     "`meta.runner.entrypoint` is 'mian', and there is no mian.py",
                     id="a wrong entrypoint"),
        pytest.param(replace("tools/say.yaml", "form: llm", "form: model"),
                     "tools/say.yaml", "form:",
                     "`parameters.0.form` is 'model'; it can be 'schema', 'form' or 'llm'",
                     id="a tool that Dify refuses"),
        pytest.param(lambda plugin: (plugin / "provider" / "test.yaml").write_text("- a"),
                     "provider/test.yaml", "",
                     "should hold a mapping of keys to values, is a list",
                     id="a list for a provider"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_told_with_its_place(
    tmp_path: Path, change: Change, file: str, at: str, says: str
) -> None:
    write_plugin(tmp_path, tools=SAY, parameters={"say": [parameter("n")]}, endpoints=HOOK)
    assert read_plugin(tmp_path)
    change(tmp_path)
    line, column = place_of(tmp_path / file, at) if at else (1, 1)
    assert refused(tmp_path).message.splitlines() == [
        f"{tmp_path}: the plugin's declarations are not right:",
        f"  {file}:{line}:{column}: {says}",
    ]


def place_of(file: Path, text: str) -> tuple[int, int]:
    before, found, _ = file.read_text().partition(text)
    assert found
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def test_all_that_is_wrong_in_all_files_comes_in_one_go(tmp_path: Path) -> None:
    write_plugin(tmp_path, tools={**SAY, "other": "yield"}, endpoints=HOOK)
    shutil.rmtree(tmp_path / "_assets")
    (tmp_path / "tools" / "say.py").unlink()
    (tmp_path / "tools" / "other.yaml").write_text("- a\n")
    replace("endpoints/endpoint0.yaml", "method: GET", "method: PATCH")(tmp_path)
    files = [line.split(":")[0].strip() for line in refused(tmp_path).message.splitlines()[1:]]
    assert files == ["tools/say.yaml", "tools/other.yaml", "endpoints/endpoint0.yaml", "_assets"]


def test_a_package_may_be_the_entrypoint(tmp_path: Path) -> None:
    write_plugin(tmp_path, tools=SAY)
    replace("manifest.yaml", "entrypoint: main", "entrypoint: start.here")(tmp_path)
    assert "no here.py" in str(refused(tmp_path))
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "here.py").write_text("")
    assert read_plugin(tmp_path)
    (tmp_path / "start" / "here.py").unlink()
    (tmp_path / "start" / "here").mkdir()
    (tmp_path / "start" / "here" / "__main__.py").write_text("")
    assert read_plugin(tmp_path)


@pytest.mark.parametrize("read", [read_manifest, read_plugin])
@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("nowhere", "nowhere: there is no such folder", id="no folder"),
        pytest.param("file", "file: there is no such folder", id="a file"),
        pytest.param("empty", "empty: there is no manifest.yaml", id="an empty folder"),
    ],
)
def test_a_folder_that_is_no_plugin_says_so(
    tmp_path: Path, read: Callable[[Path], object], name: str, says: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(PluginLoadError, match=says) as refusal:
        read(tmp_path / name)
    assert "-p" in refusal.value.advice


def with_providers(folder: Path) -> Plugin:
    """Providers `first` and `last`, both with a tool `say`; `first` with a tool `more` too."""
    write_plugin(folder, tools={**SAY, "more": "yield"})
    for name, tools in (("first", ["say", "more"]), ("last", ["say"])):
        paths = [f"tools/{tool}.yaml" for tool in tools]
        identity = {"author": "tests", "name": name, "label": {"en_US": "x"}, "icon": "icon.svg"}
        source = {"python": {"source": "provider/test.py"}}
        provider = {"identity": identity, "tools": paths, "extra": source}
        write_yaml(folder / "provider" / f"{name}.yaml", provider)
    replace(
        "manifest.yaml",
        "  - provider/test.yaml",
        "  - provider/first.yaml\n  - provider/last.yaml",
    )(folder)
    return read_plugin(folder)


def test_of_several_providers_the_last_one_goes_first(tmp_path: Path) -> None:
    plugin = with_providers(tmp_path)
    assert plugin.find_tool("say").provider.name == "last"
    assert plugin.find_tool("more").provider.name == "first"


def test_a_provider_can_be_named(tmp_path: Path) -> None:
    plugin = with_providers(tmp_path)
    assert plugin.find_tool("say", "first").provider.name == "first"
    assert plugin.find_tool("say", "last").provider.name == "last"


@pytest.mark.parametrize(
    ("name", "provider", "says"),
    [
        ("sing", None, "tests/plugin has no tool 'sing'."),
        ("more", "last", "tests/plugin has no tool 'more' of provider 'last'."),
        ("say", "none", "tests/plugin has no tool 'say' of provider 'none'."),
    ],
)
def test_a_tool_that_is_not_there_is_told_with_those_that_are(
    tmp_path: Path, name: str, provider: str | None, says: str
) -> None:
    with pytest.raises(NotThereError) as refusal:
        with_providers(tmp_path).find_tool(name, provider)
    assert (refusal.value.message, refusal.value.exit_code) == (says, 1)
    assert refusal.value.advice == "It has: more, say."


def test_a_plugin_without_tools_says_so(tmp_path: Path) -> None:
    plugin = read_plugin(write_plugin(tmp_path, endpoints=HOOK))
    with pytest.raises(NotThereError) as refusal:
        plugin.find_tool("say")
    assert "no tools at all" in refusal.value.advice


def test_the_hook_id_is_16_letters_that_stay_the_same(tmp_path: Path) -> None:
    plugin = read_plugin(write_plugin(tmp_path / "a", endpoints=HOOK))
    assert plugin.hook_id == "rzdtxqedagbfqmns"
    assert re.fullmatch("[a-z]{16}", plugin.hook_id)
    newer = write_plugin(tmp_path / "b", endpoints=HOOK, manifest={"version": "9.9.9"})
    assert read_plugin(newer).hook_id == plugin.hook_id
    other = write_plugin(tmp_path / "c", endpoints=HOOK, manifest={"name": "other"})
    assert read_plugin(other).hook_id != plugin.hook_id
