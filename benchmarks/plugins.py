"""The plugins that are measured, written to a folder of the run's."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.plugin import parameter, write_plugin

VALUE = b"x" * 100
"""What ``GET /value`` reads from storage, under the key ``value``."""

FIRST = "v00000"


@dataclass(frozen=True)
class Code:
    """A file with a version in it."""

    file: Path
    text: str

    def of(self, version: str) -> str:
        """The file's text for a version."""
        return self.text.replace(FIRST, version)


def version_plugin(folder: Path, first_line: str) -> Code:
    """A plugin with one endpoint, which answers with the version in its code."""
    write_plugin(folder, endpoints={"GET /version": f"return Response('{FIRST}')"})
    return _begin(folder / "endpoints" / "endpoint0.py", first_line)


def version_app(folder: Path, first_line: str) -> Code:
    """An ASGI application that does the same."""
    folder.mkdir(parents=True)
    file = folder / "app.py"
    file.write_text(_APP.format(version=FIRST))
    return _begin(file, first_line)


def value_plugin(folder: Path) -> Path:
    """A plugin with one endpoint, which reads one value."""
    body = "return Response(storage.get('value'))"
    return write_plugin(folder, endpoints={"GET /value": body})


def pair_plugin(folder: Path) -> Path:
    """A plugin with a version in two files: one is imported early, the other in the first call."""
    pair = "import late\n{said}(f'{{early.VERSION}} {{late.VERSION}}')"
    write_plugin(
        folder,
        endpoints={"GET /versions": pair.format(said="return Response")},
        tools={"versions": pair.format(said="yield self.create_text_message")},
    )
    for name in ("early", "late"):
        (folder / f"{name}.py").write_text(pair_code(0))
    for name in ("endpoints/endpoint0.py", "tools/versions.py"):
        file = folder / name
        file.write_text(f"import early\n{file.read_text()}")
    return folder


def pair_code(version: int) -> str:
    """What stands in each of the two files."""
    return f"VERSION = {version}\n"


def _begin(file: Path, first_line: str) -> Code:
    file.write_text(f"{first_line}\n{file.read_text()}")
    return Code(file, file.read_text())


_APP = """\
async def app(scope, receive, send):
    await send({{"type": "http.response.start", "status": 200, "headers": []}})
    await send({{"type": "http.response.body", "body": b"{version}"}})
"""


def many_tools_plugin(folder: Path, count: int, *, stores: bool) -> Path:
    """A plugin of many tools, each of the size of the median of the 656 official ones: some 65
    lines of code, 70 of YAML, three parameters. Hardly any of those uses storage; these may."""
    names = [f"tool{number}" for number in range(count)]
    parameters = [_parameter(f"text{number}") for number in range(3)]
    code = _STORING if stores else _SAYING
    write_plugin(
        folder,
        tools=dict.fromkeys(names, code),
        parameters=dict.fromkeys(names, parameters),
    )
    (folder / "README.md").write_text("# Many tools\n")
    (folder / ".difyignore").write_text(".dify-emulator/\n")
    return folder


def _parameter(name: str) -> dict[str, Any]:
    def text() -> dict[str, str]:  # each time another, or YAML would have aliases
        return {"en_US": "Said", "zh_Hans": "说", "ja_JP": "言う", "pt_BR": "Dito"}

    return parameter(name, label=text(), human_description=text(), llm_description="What is said")


_WORDS = "".join(
    f"""\
text = tool_parameters.get("text{number % 3}", "")
if text:
    words = [word.strip().lower() for word in text.split() if len(word) > {number}]
    parts.extend(words)
"""
    for number in range(13)
)
_SAYING = f"""\
parts = []
{_WORDS}
yield self.create_text_message(' '.join(parts))
"""
_STORING = f"""\
key = f"said/{{self.runtime.user_id}}"
parts = storage.get(key).decode().split() if storage.exist(key) else []
{_WORDS}
storage.set(key, ' '.join(parts).encode())
yield self.create_text_message(' '.join(parts))
"""
