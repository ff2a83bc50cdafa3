from collections.abc import Generator
from typing import Any

import note_store
from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage


class ClearNotesTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        note_store.clear(self.session.storage, self.runtime.user_id or "")
        yield self.create_text_message("All notes are gone.")
