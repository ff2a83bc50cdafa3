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
from collections.abc import Callable, Iterator
from pathlib import Path

from emulator.errors import PluginLoadError, UsageError
from emulator.plugin.requirements import met_here, requirements_file

DIFY_PYTHON = "3.12"
"""Dify runs every plugin on this one, whatever the manifest says
(D setup_python_environment.go:417-430)."""

Report = Callable[[str], None]
"""Takes a line of progress."""


def choose_interpreter(
    folder: Path, state_dir: Path, named: str | None = None, report: Report = lambda line: None
) -> Path:
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


def _built(file: Path, state_dir: Path, report: Report) -> Path:
    uv = _find_uv()
    base = _base_interpreter(uv, report)
    lock = file.with_name("uv.lock")
    frozen = file.name == "pyproject.toml" and lock.is_file()
    digest = hashlib.sha256(f"{base}\n{sys.platform}\n".encode() + file.read_bytes())
    if frozen:
        digest.update(lock.read_bytes())
    environments = state_dir / "environments"
    environments.mkdir(parents=True, exist_ok=True)
    environment = environments / digest.hexdigest()[:16]
    python = environment / "bin" / "python"
    done = environment / "built"
    with _alone(environments / "lock"):
        if done.exists():
            return python
        if environment.exists():
            shutil.rmtree(environment)
        report(f"Building an environment for {file.name} ({environment})")
        _run([uv, "venv", "--python", str(base), str(environment)], file, report)
        for command, workdir, extra in _install_steps(uv, file, environment, frozen):
            _run(command, file, report, workdir, extra)
        _run([str(python), "-c", "import dify_plugin"], file, report)
        done.touch()
    return python


def _install_steps(
    uv: str, file: Path, environment: Path, frozen: bool
) -> Iterator[tuple[list[str], Path, dict[str, str]]]:
    """As Dify installs (D setup_python_environment.go:90-200), without writing to the plugin."""
    into = {"UV_PROJECT_ENVIRONMENT": str(environment), "VIRTUAL_ENV": str(environment)}
    if file.name == "requirements.txt":
        command = ["pip", "install", "--compile-bytecode", "-r", str(file)]
        yield [uv, *command], file.parent, into
        return
    sync = [uv, "sync", "--no-dev", "--no-install-project", "--compile-bytecode"]
    if frozen:
        yield [*sync, "--frozen"], file.parent, into
        return
    # uv would write a uv.lock beside the pyproject.toml: let it do so beside a copy.
    copy = environment / "project"
    copy.mkdir()
    shutil.copy(file, copy)
    yield sync, copy, into


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
    report(f"No Python {DIFY_PYTHON} here, which is what Dify runs plugins on; using {here}")
    return Path(sys.executable)


def _find_uv() -> str:
    import uv

    return uv.find_uv_bin()


def _run(
    command: list[str],
    file: Path,
    report: Report,
    workdir: Path | None = None,
    extra: dict[str, str] | None = None,
) -> None:
    environ = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", **(extra or {})}
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
            report(lines[-1])
    if process.returncode:
        raise PluginLoadError(
            f"{file}: no environment can be built from it:\n" + "\n".join(lines[-8:]),
            advice=f"Mend it, make a .venv in the plugin's folder yourself (Dify uses Python "
            f"{DIFY_PYTHON}), or name an interpreter with --python.",
            details="\n".join(lines),
        )


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
