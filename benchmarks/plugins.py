"""The plugins that are measured, written to a folder of the run's."""

from pathlib import Path

from tests.support.plugin import write_plugin

VALUE = b"x" * 100


def version_plugin(folder: Path, *, imports_pandas: bool) -> Path:
    """One endpoint, which answers with the text that stands in ``version.py``; gives that file."""
    write_plugin(folder, endpoints={"GET /version": "import version\nreturn Response(version.TEXT)"})
    endpoint = folder / "endpoints" / "endpoint0.py"
    code = endpoint.read_text().replace("        import version\n", "")
    wanted = "import pandas\nimport version\n" if imports_pandas else "import version\n"
    endpoint.write_text(wanted + code)
    file = folder / "version.py"
    file.write_text(version_code("v0"))
    return file


def version_code(version: str) -> str:
    return f"TEXT = {version!r}\n"
