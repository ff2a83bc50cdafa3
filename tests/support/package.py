"""Python packages small enough to be made, built and installed within a test."""

import zipfile
from collections.abc import Sequence
from pathlib import Path


def metadata_of(name: str, version: str, requires: Sequence[str] = ()) -> str:
    needed = "".join(f"Requires-Dist: {line}\n" for line in requires)
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needed}"


def write_wheel(folder: Path, name: str = "dify_plugin", version: str = "9.9") -> Path:
    """A wheel whose module, of the same name, only knows its version."""
    about = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"version = {version!r}\n",
        f"{about}/METADATA": metadata_of(name, version),
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{about}/RECORD"])
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in {**files, f"{about}/RECORD": record}.items():
            archive.writestr(path, content)
    return wheel


def install_here(folder: Path, name: str, version: str, requires: Sequence[str] = ()) -> None:
    """Lay a package's metadata into a folder, as an installer does in site-packages."""
    about = folder / f"{name}-{version}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(metadata_of(name, version, requires))
