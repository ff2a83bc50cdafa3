"""What a plugin requires, and whether this interpreter meets it."""

from pathlib import Path

import pytest

from emulator.errors import PluginLoadError
from emulator.plugin.requirements import met_here, requirements_file
from tests.support.package import install_here


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        (["requirements.txt"], "requirements.txt"),
        (["pyproject.toml"], "pyproject.toml"),
        (["requirements.txt", "pyproject.toml"], "pyproject.toml"),
    ],
)
def test_pyproject_goes_before_requirements_as_on_dify(
    tmp_path: Path, there: list[str], chosen: str
) -> None:
    for name in there:
        (tmp_path / name).write_text("")
    assert requirements_file(tmp_path) == tmp_path / chosen


def test_a_plugin_with_neither_is_told_in_difys_words(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").mkdir()
    told = "neither pyproject.toml nor requirements.txt found in plugin directory"
    with pytest.raises(PluginLoadError, match=told) as refusal:
        requirements_file(tmp_path)
    assert "dify_plugin" in refusal.value.advice


@pytest.fixture(autouse=True)
def installed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """This interpreter has: base 1.4, pre 2.0b1, full 1.0 with extras on base and on nothing."""
    folder = tmp_path_factory.mktemp("site")
    install_here(folder, "base_of_tests", "1.4")
    install_here(folder, "pre_of_tests", "2.0b1")
    extras = ['base-of-tests>=1.4; extra == "good"', 'base-of-tests>=2; extra == "newer"']
    extras += ['nowhere-to-be-found; extra == "missing"', "nowhere-to-be-found; os_name == 'x'"]
    install_here(folder, "full_of_tests", "1.0", extras)
    monkeypatch.syspath_prepend(folder)


LINES = [
    pytest.param("", True, id="nothing else"),
    pytest.param("base-of-tests", True, id="any version"),
    pytest.param("Base_Of.Tests", True, id="another spelling of the name"),
    pytest.param("base-of-tests==1.4", True, id="this version"),
    pytest.param("base-of-tests>=1.2,<2", True, id="a range"),
    pytest.param("base-of-tests~=1.4", True, id="a compatible version"),
    pytest.param("base-of-tests==1.5", False, id="another version"),
    pytest.param("base-of-tests<1.4", False, id="an older version"),
    pytest.param("pre-of-tests>=1.9", True, id="an alpha that is installed is taken"),
    pytest.param("nowhere-to-be-found", False, id="not installed"),
    pytest.param("nowhere-to-be-found; python_version < '3'", True, id="not for this Python"),
    pytest.param("base-of-tests; python_version > '3'", True, id="for this Python"),
    pytest.param("full-of-tests", True, id="without its extras"),
    pytest.param("full-of-tests[good]", True, id="with an extra that is met"),
    pytest.param("full-of-tests[newer]", False, id="with an extra that is not met"),
    pytest.param("full-of-tests[good,missing]", False, id="with one extra of two"),
    pytest.param("base-of-tests @ file:///base.whl", False, id="a link"),
]


@pytest.mark.parametrize(("line", "met"), LINES)
def test_a_line_of_requirements_is_met_or_not(tmp_path: Path, line: str, met: bool) -> None:
    (tmp_path / "requirements.txt").write_text(f"dify_plugin\n{line}\n")
    assert met_here(tmp_path / "requirements.txt") is met


@pytest.mark.parametrize(("line", "met"), LINES)
def test_a_dependency_of_a_project_is_met_or_not(tmp_path: Path, line: str, met: bool) -> None:
    dependencies = ["'dify-plugin'", *([f'"""{line}"""'] if line else [])]
    text = f"[project]\ndependencies = [{', '.join(dependencies)}]\n"
    (tmp_path / "pyproject.toml").write_text(text)
    assert met_here(tmp_path / "pyproject.toml") is met


@pytest.mark.parametrize(
    ("text", "met"),
    [
        pytest.param("# all\n\n  base-of-tests  # here\n", True, id="comments and empty lines"),
        pytest.param("base-of-tests\r\nfull-of-tests\r\n", True, id="lines of Windows"),
        pytest.param("base-of-tests\nnowhere-to-be-found\n", False, id="one of two"),
        pytest.param("-r other.txt\n", False, id="an include"),
        pytest.param("--index-url https://example.com\nbase-of-tests\n", False, id="an option"),
        pytest.param("./base.whl\n", False, id="a file"),
        pytest.param("git+https://example.com/base.git\n", False, id="a repository"),
        pytest.param("base-of-tests==1.4 --hash=sha256:00\n", False, id="a hash"),
        pytest.param("base-of-tests \\\n  ==1.4\n", False, id="a line that goes on"),
        pytest.param("base-of-tests===\n", False, id="no requirement at all"),
        pytest.param("base-of-tests; nonsense == '1'\n", False, id="a marker that is none"),
        pytest.param("# \udcff\nbase-of-tests\n", True, id="a comment that is not UTF-8"),
    ],
)
def test_what_only_uv_can_read_counts_as_not_met(tmp_path: Path, text: str, met: bool) -> None:
    path = tmp_path / "requirements.txt"
    path.write_bytes(f"Dify.Plugin\n{text}".encode("utf-8", "surrogateescape"))
    assert met_here(path) is met


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("requirements.txt", "base-of-tests\n", id="only others"),
        pytest.param("requirements.txt", "# dify_plugin\n", id="only in a comment"),
        pytest.param("requirements.txt", "dify_plugin<0.0.1\n", id="another version of it"),
        pytest.param("pyproject.toml", "[project]\nname = 'x'\n", id="no dependencies"),
        pytest.param("pyproject.toml", "[tool.uv]\n", id="no project"),
        pytest.param("pyproject.toml", "", id="nothing"),
    ],
)
def test_without_the_sdk_nothing_is_met(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert not met_here(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"[project\n", "is not TOML", id="an open bracket"),
        pytest.param(b"x = '\xff'\n", "is not TOML", id="not UTF-8"),
        pytest.param(b"[project]\ndependencies = 'a'\n", "should be a list", id="one text"),
        pytest.param(b"[project.dependencies]\na = '1'\n", "should be a list", id="a table"),
        pytest.param(b"project = 5\n", "pyproject", id="a project that is no table"),
    ],
)
def test_a_project_that_cannot_be_read_is_told_with_its_file(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_bytes(content)
    with pytest.raises(PluginLoadError, match=says) as refusal:
        met_here(path)
    assert refusal.value.message.startswith(f"{path}: ")
    assert refusal.value.exit_code == 3
