"""The interpreter that runs a plugin, and the environment built for it if there is none.

The order: the one that was named; the plugin's own ``.venv``; this interpreter, if the plugin's
requirements are met here; else an environment that uv builds and that is kept under the hash of
what it was built from.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from emulator.errors import PluginLoadError, UsageError
from emulator.plugin.config import Config
from emulator.plugin.requirements import met_here, requirements_file
from emulator.workspace.state_file import prepare_state_dir

DIFY_PYTHON = "3.12"
"""Dify runs every plugin on this one, whatever the manifest says
(D setup_python_environment.go:417-430)."""


class Report(Protocol):
    """Takes word of progress: steps stay to be read, details pass."""

    def step(self, line: str) -> None: ...

    def detail(self, line: str) -> None: ...


def choose_interpreter(folder: Path, state_dir: Path, named: str | None, report: Report) -> Path:
    """The Python that runs the plugin; builds an environment if it has to.

    Raises UsageError if the named one does not exist, PluginLoadError if none can be had.
    """
    if named:
        found = shutil.which(named)
        if found is None:
            raise UsageError(f"--python {named}: there is no such program.")
        return Path(found).absolute()
    own = folder / ".venv" / "bin" / "python"
    if own.exists():
        return own.absolute()
    file = requirements_file(folder)
    if met_here(file):
        return Path(sys.executable)
    return _built(file, state_dir, report)


def process_environment(config: Config) -> dict[str, str]:
    """The environment variables of a plugin's process."""
    return {
        **os.environ,
        **config.env,
        "INSTALL_METHOD": "local",
        # Nothing is written into the plugin's folder. Bytecode of a source that was saved twice
        # within a second would be stale besides.
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _built(file: Path, state_dir: Path, report: Report) -> Path:
    lock = file.with_name("uv.lock")
    frozen = file.name == "pyproject.toml" and lock.is_file()
    digest = hashlib.sha256(file.read_bytes() + (lock.read_bytes() if frozen else b""))
    prepare_state_dir(state_dir)
    environments = state_dir / "environments"
    environments.mkdir(exist_ok=True)
    environment = environments / digest.hexdigest()[:16]
    python = environment / "bin" / "python"
    done = environment / "built"
    with _alone(environments / "lock"):
        if done.exists() and python.exists():
            return python
        if environment.exists():
            shutil.rmtree(environment)
        uv = _find_uv()
        base = _base_interpreter(uv, report)
        report.step(f"Building an environment for {file.name} in {environment}")
        build = _Build(file, base, report)
        build.run([uv, "venv", "--python", str(base), str(environment)])
        for command, workdir in _install_steps(uv, file, environment, frozen):
            # Named, so that uv does not look for another interpreter when this one is too old.
            build.run([*command, "--python", str(python)], workdir, environment)
        build.run([str(python), "-c", "import dify_plugin"])
        done.touch()
    return python


def _install_steps(
    uv: str, file: Path, environment: Path, frozen: bool
) -> Iterator[tuple[list[str], Path]]:
    """As Dify installs (D setup_python_environment.go:90-200), without writing to the plugin."""
    if file.name == "requirements.txt":
        yield [uv, "pip", "install", "--compile-bytecode", "-r", str(file)], file.parent
        return
    sync = [uv, "sync", "--no-dev", "--no-install-project", "--compile-bytecode"]
    if frozen:
        yield [*sync, "--frozen"], file.parent
        return
    # uv would write a uv.lock beside the pyproject.toml: let it do so beside a copy.
    copy = environment / "project"
    copy.mkdir()
    shutil.copy(file, copy)
    yield sync, copy


def _base_interpreter(uv: str, report: Report) -> Path:
    finding = subprocess.run(
        [uv, "python", "find", "--no-python-downloads", "--no-project", DIFY_PYTHON],
        capture_output=True,
        text=True,
        check=False,
    )
    if finding.returncode == 0:
        return Path(finding.stdout.strip())
    here = ".".join(map(str, sys.version_info[:2]))
    report.step(
        f"uv finds no Python {DIFY_PYTHON}, on which Dify runs every plugin; using {here} instead"
    )
    return Path(sys.executable)


def _find_uv() -> str:
    import uv

    return uv.find_uv_bin()


@dataclass(frozen=True, slots=True)
class _Build:
    file: Path
    base: Path
    report: Report

    def run(
        self, command: list[str], workdir: Path | None = None, environment: Path | None = None
    ) -> None:
        """Run a step. Raises PluginLoadError with what it said."""
        environ = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
        if environment is not None:
            environ |= {
                "UV_PROJECT_ENVIRONMENT": str(environment),
                "VIRTUAL_ENV": str(environment),
            }
        lines: list[str] = []
        with subprocess.Popen(
            command,
            cwd=workdir,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as process:
            assert process.stderr is not None
            for line in process.stderr:
                lines.append(line.rstrip())
                self.report.detail(lines[-1])
        if process.returncode:
            raise self._refusal(lines)

    def _refusal(self, lines: list[str]) -> PluginLoadError:
        return PluginLoadError(
            f"{self.file}: no environment can be built from it:\n" + "\n".join(lines[-8:]),
            advice=f"This was tried with {self.base}. Dify uses Python {DIFY_PYTHON}: install that "
            "(`uv python install 3.12`), make a .venv in the plugin's folder, or name an "
            "interpreter with --python.",
            details="\n".join(lines),
        )


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
