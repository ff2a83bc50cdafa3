"""What a plugin's requirements are, and whether this interpreter meets them."""

import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from emulator.errors import PluginLoadError


def requirements_file(folder: Path) -> Path:
    """pyproject.toml, else requirements.txt, as Dify chooses (D setup_python_environment.go:135).

    Raises PluginLoadError with Dify's words if there is neither.
    """
    for name in ("pyproject.toml", "requirements.txt"):
        if (folder / name).is_file():
            return folder / name
    raise PluginLoadError(
        f"{folder}: neither pyproject.toml nor requirements.txt found in plugin directory",
        advice="Write a requirements.txt with at least `dify_plugin` in it.",
    )


def met_here(file: Path) -> bool:
    """Whether everything that the file asks for is installed for this interpreter.

    A file with more than plain requirements (links, options, includes) counts as not met: then uv
    has to read it.
    """
    try:
        lines = _pyproject(file) if file.suffix == ".toml" else _plain_lines(file)
        requirements = [Requirement(line) for line in lines]
        # Without the SDK among them it may come with another package, or not at all: uv knows.
        names_sdk = any(canonicalize_name(each.name) == "dify-plugin" for each in requirements)
        return names_sdk and all(map(_is_met, requirements))
    except InvalidRequirement:
        return False


def _pyproject(file: Path) -> list[str]:
    try:
        project = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PluginLoadError(f"{file}: is not TOML: {error}.", advice="Mend the file.") from None
    if not isinstance(project, dict):
        raise PluginLoadError(f"{file}: `project` should be a table.", advice="Mend the file.")
    dependencies = project.get("dependencies", [])
    if not isinstance(dependencies, list):
        raise PluginLoadError(f"{file}: `project.dependencies` should be a list.")
    return [str(line) for line in dependencies]


def _plain_lines(file: Path) -> list[str]:
    lines = (
        line.split(" #")[0].strip() for line in file.read_text("utf-8", "replace").splitlines()
    )
    return [line for line in lines if line and not line.startswith("#")]


def _is_met(requirement: Requirement) -> bool:
    if requirement.marker and not requirement.marker.evaluate():
        return True
    return _is_installed(requirement)


def _is_installed(requirement: Requirement) -> bool:
    if requirement.url:
        return False
    try:
        distribution = metadata.distribution(requirement.name)
    except metadata.PackageNotFoundError:
        return False
    if not requirement.specifier.contains(distribution.version, prereleases=True):
        return False
    return all(
        _is_installed(needed)
        for extra in requirement.extras
        for needed in map(Requirement, distribution.requires or [])
        if needed.marker
        and not needed.marker.evaluate({"extra": ""})
        and needed.marker.evaluate({"extra": extra})
    )
