"""What is installed: the wheel has the samples and templates, and nobody's state."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from emulator.plugin.templates import TEMPLATES
from tests.support.emulator import ROOT

SOURCES = ("emulator", "sample_plugins", "templates", "pyproject.toml", "README.md", "LICENSE")


@pytest.mark.slow
def test_the_wheel_ships_samples_and_templates_but_no_state(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    for name in (*SOURCES, ".gitignore"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, checkout / name)
    state = checkout / "sample_plugins" / "memory" / ".dify-emulator"
    state.mkdir(exist_ok=True)
    (state / "state.db").write_text("somebody's memory")
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps"]
    subprocess.run([*pip, "-w", str(tmp_path), str(checkout)], check=True)
    (wheel,) = tmp_path.glob("dify_plugin_emulator-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for sample in ("memory", "inbox", "leaky"):
        assert f"emulator/_shipped/sample_plugins/{sample}/manifest.yaml" in names
    for template in TEMPLATES:
        for file in ("manifest.yaml", ".difyignore", ".gitignore", ".env.example"):
            assert f"emulator/_shipped/templates/{template}/{file}" in names
    assert "emulator/py.typed" in names
    assert not [name for name in names if ".dify-emulator" in name or "__pycache__" in name]

    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    new = [sys.executable, "-m", "emulator", "new", "my-plugin", "--author", "ada"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    subprocess.run(new, cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "my-plugin" / ".difyignore").is_file()
