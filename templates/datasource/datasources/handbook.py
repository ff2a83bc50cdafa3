from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dify_plugin.entities.datasource import (
    DatasourceGetPagesResponse,
    DatasourceMessage,
    GetOnlineDocumentPageContentRequest,
    OnlineDocumentInfo,
    OnlineDocumentPage,
)
from dify_plugin.interfaces.datasource.online_document import OnlineDocumentDatasource

WORKSPACE = "handbook"
# Stands for a service with documents, whose client would take the place of the two functions.
FOLDER = Path(__file__).parent.parent / "handbook"


def list_pages() -> list[Path]:
    return sorted(FOLDER.glob("*.md"))


def title_of(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")


class HandbookDatasource(OnlineDocumentDatasource):
    def _get_pages(self, datasource_parameters: Mapping[str, Any]) -> DatasourceGetPagesResponse:
        pages = [
            OnlineDocumentPage(
                page_id=page.stem,
                page_name=title_of(page),
                page_icon=None,
                type="page",
                last_edited_time=datetime.fromtimestamp(page.stat().st_mtime, UTC).isoformat(),
                parent_id=None,
            )
            for page in list_pages()
        ]
        workspace = OnlineDocumentInfo(
            workspace_id=WORKSPACE,
            workspace_name="Handbook",
            workspace_icon="",
            total=len(pages),
            pages=pages,
        )
        return DatasourceGetPagesResponse(result=[workspace])

    def _get_content(
        self, page: GetOnlineDocumentPageContentRequest
    ) -> Generator[DatasourceMessage]:
        # Looked up, and not made into a path: an id such as "../main" must lead nowhere.
        pages = {each.stem: each for each in list_pages()}
        if page.page_id not in pages:
            raise ValueError(f"There is no page {page.page_id!r}.")
        # The three that `output_schema` declares.
        yield self.create_variable_message("workspace_id", page.workspace_id)
        yield self.create_variable_message("page_id", page.page_id)
        yield self.create_variable_message(
            "content", pages[page.page_id].read_text(encoding="utf-8")
        )
