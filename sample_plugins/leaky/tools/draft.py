from collections.abc import Generator
from hashlib import sha256
from typing import Any

from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage


class DraftTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        user = sha256((self.runtime.user_id or "").encode()).hexdigest()
        key = f"drafts/{user}.txt"
        try:
            draft = self.session.storage.get(key).decode()
        except Exception:
            draft = ""
        if text := tool_parameters.get("text"):
            draft = text
            self.session.storage.set(key, draft.encode())
        yield self.create_text_message(draft or "The draft is empty.")
        yield self.create_json_message({"draft": draft})
