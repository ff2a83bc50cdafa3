import json
from collections.abc import Generator
from typing import Any

from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage

NOTES = "notes"


class NoteListTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        storage = self.session.storage
        notes = json.loads(storage.get(NOTES)) if storage.exist(NOTES) else []
        yield self.create_text_message("\n".join(notes) or "There are no notes.")
        yield self.create_json_message({"notes": notes})
