import json
from collections.abc import Generator
from typing import Any

from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage

NOTES = "notes"


class NoteAddTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        storage = self.session.storage
        notes = json.loads(storage.get(NOTES)) if storage.exist(NOTES) else []
        notes.append(tool_parameters["text"])
        storage.set(NOTES, json.dumps(notes).encode())
        yield self.create_text_message(f"Added note {len(notes)}.")
        yield self.create_json_message({"count": len(notes)})
