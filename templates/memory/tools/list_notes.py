from collections.abc import Generator
from typing import Any

import note_store
from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage


class ListNotesTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        notes = note_store.load(self.session.storage, self.runtime.user_id or "")
        yield self.create_text_message("\n".join(notes) or "There are no notes.")
        yield self.create_json_message({"notes": notes})
