"""`check`: all that is wrong with a plugin, found without running any of its code."""

from collections.abc import Callable, Iterator
from pathlib import Path

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.declared.declarations import MANIFEST_FILE
from emulator.check.findings import Finding
from emulator.check.rules.choices import choices
from emulator.check.rules.classes import one_class
from emulator.check.rules.combination import combination
from emulator.check.rules.creation_time import creation_time
from emulator.check.rules.credentials_read import credentials_read
from emulator.check.rules.duplicate_keys import duplicate_keys
from emulator.check.rules.entrypoint import entrypoint
from emulator.check.rules.icons import missing_icons
from emulator.check.rules.imports import own_imports
from emulator.check.rules.methods import abstract_methods, called_methods
from emulator.check.rules.model_types import served_types
from emulator.check.rules.outliving_threads import outliving_threads
from emulator.check.rules.package_links import unreadable_links
from emulator.check.rules.package_size import package_size
from emulator.check.rules.packaged_too_little import left_out
from emulator.check.rules.packaged_too_much import foreign_files, secrets, state_folder
from emulator.check.rules.parameters_read import parameters_read
from emulator.check.rules.paths import paths
from emulator.check.rules.permissions import asked_from_a_model, not_granted
from emulator.check.rules.readable_values import readable_values
from emulator.check.rules.readings import readings
from emulator.check.rules.readmes import readmes
from emulator.check.rules.repository import repository
from emulator.check.rules.requirements import (
    nothing_to_install_from,
    sdk_not_required,
    unusable_pyproject,
)
from emulator.check.rules.same_names import same_names
from emulator.check.rules.scopes import scopes
from emulator.check.rules.sdk_names import sdk_names
from emulator.check.rules.sdk_versions import python_versions, too_old, two_requirements
from emulator.check.rules.settings_read import settings_read, values_read
from emulator.check.rules.sources import python_files, source_files
from emulator.check.rules.storage_arguments import wrong_arguments
from emulator.check.rules.storage_keys import refused_keys, renamed_keys
from emulator.check.rules.storage_methods import (
    awaited_answers,
    missing_methods,
    wrong_operations,
)
from emulator.check.rules.storage_missing import not_caught, tested_for_missing
from emulator.check.rules.storage_size import storage_size
from emulator.check.rules.storage_values import compared_with_text, not_bytes, taken_for_text
from emulator.check.rules.taken_names import taken_names
from emulator.check.rules.text_keys import text_keys
from emulator.check.rules.unnamed import unnamed
from emulator.check.rules.versions import python_version, versions
from emulator.errors import PluginLoadError

Rule = Callable[[CheckedPlugin], Iterator[Finding]]


def _shapes(plugin: CheckedPlugin) -> Iterator[Finding]:
    return plugin.declarations.check_shapes()


RULES: tuple[Rule, ...] = (
    _shapes,
    unnamed,
    readable_values,
    duplicate_keys,
    text_keys,
    readings,
    creation_time,
    versions,
    python_version,
    repository,
    storage_size,
    entrypoint,
    source_files,
    python_files,
    one_class,
    abstract_methods,
    called_methods,
    served_types,
    own_imports,
    sdk_names,
    taken_names,
    combination,
    paths,
    scopes,
    choices,
    same_names,
    missing_methods,
    wrong_operations,
    awaited_answers,
    wrong_arguments,
    tested_for_missing,
    not_caught,
    not_bytes,
    taken_for_text,
    compared_with_text,
    refused_keys,
    renamed_keys,
    not_granted,
    asked_from_a_model,
    outliving_threads,
    parameters_read,
    credentials_read,
    settings_read,
    values_read,
    missing_icons,
    state_folder,
    foreign_files,
    secrets,
    package_size,
    unreadable_links,
    left_out,
    readmes,
    nothing_to_install_from,
    sdk_not_required,
    unusable_pyproject,
    python_versions,
    two_requirements,
    too_old,
)


def check_plugin(folder: Path) -> list[Finding]:
    """Everything that is wrong, in the order of the places. Raises PluginLoadError: no plugin."""
    if not folder.is_dir():
        raise PluginLoadError(
            f"{folder}: there is no such folder.", advice="Name a plugin's folder."
        )
    if not (folder / MANIFEST_FILE).is_file():
        raise PluginLoadError(
            f"{folder}: there is no manifest.yaml, so this is not a plugin.",
            advice="Go into a plugin's folder, or name one.",
        )
    plugin = CheckedPlugin(folder)
    found = {each for rule in RULES for each in rule(plugin) if each.by}
    return sorted(found)
