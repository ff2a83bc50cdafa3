"""Datasources and their providers."""

from pathlib import Path

import pytest

from emulator.check.declared.declarations import Declarations
from tests.check.checked import change
from tests.check.shaped import plugin, told_after

_PROVIDER = """\
    identity:
      author: tests
      name: test
      label: {en_US: Test}
      description: {en_US: Test}
      icon: icon.svg
      tags: ~
    provider_type: website_crawl
    credentials_schema:
      - name: key
        type: secret-input
        label: {en_US: Key}
    datasources: [datasources/d.yaml]
    extra: {python: {source: provider/p.py}}
    """
_DATASOURCE = """\
    identity: {author: tests, name: pages, label: {en_US: Pages}}
    description: {en_US: Reads}
    parameters:
      - name: url
        type: string
        label: {en_US: URL}
        description: {en_US: Where}
    output_schema: {type: object}
    extra: {python: {source: datasources/d.py}}
    """
_P, _D = "provider/p.yaml", "datasources/d.yaml"
LOAD, PACKAGING, DEBUGGING = "SDK at load", "packager at packaging", "daemon at remote debugging"


def _plugin(folder: Path) -> Path:
    return plugin(folder, "datasources", {_P: _PROVIDER, _D: _DATASOURCE})


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("type: string", "type: file", f"5:11 DE611 [{DEBUGGING}]"),
        ("type: string", "type: object", f"5:11 DE611 [{LOAD}, {DEBUGGING}]"),
        ("    description: {en_US: Where}\n", "", f"4:5 DE605 [{LOAD}, {DEBUGGING}]"),
        ("{type: object}", "", f"8:15 DE604 [{LOAD}]"),
    ],
)
def test_a_datasource(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert told_after(_plugin(tmp_path), _D, old, new) == [f"{_D}:{expected}"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("tags: ~", "tags: [rag]", f"7:10 DE611 [{LOAD}]"),
        ("website_crawl", "website", f"8:16 DE611 [{LOAD}, {DEBUGGING}]"),
        ("  - name: key\n", "  key:\n", f"10:3 DE604 [{LOAD}]"),
    ],
)
def test_a_provider(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert told_after(_plugin(tmp_path), _P, old, new) == [f"{_P}:{expected}"]


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("website_crawl", "WebsiteCrawlDatasource"),
        ("online_document", "OnlineDocumentDatasource"),
        ("online_drive", "OnlineDriveDatasource"),
        ("other", None),
    ],
)
def test_the_class_follows_from_the_providers_type(
    tmp_path: Path, word: str, base: str | None
) -> None:
    folder = _plugin(tmp_path)
    change(folder, _P, "website_crawl", word)
    provider, datasource = Declarations(folder).declared
    assert [each.base for each in provider.kind.sources] == ["DatasourceProvider"]
    assert [each.base for each in datasource.kind.sources] == ([base] if base else [])
