from collections.abc import Generator
from typing import Any

import note_store
from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage


class AddNoteTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        user = self.runtime.user_id or ""
        notes = note_store.add(self.session.storage, user, tool_parameters["note"])
        yield self.create_text_message(f"Noted. Notes kept: {len(notes)}.")
        yield self.create_json_message({"notes": notes})
