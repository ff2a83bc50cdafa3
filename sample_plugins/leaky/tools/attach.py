from collections.abc import Generator
from typing import Any

from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage


class AttachTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        name, text = tool_parameters["name"], tool_parameters["text"]
        self.session.storage.set(f"attachments/{name}", text.encode())
        yield self.create_text_message(f"Attached {name}.")
        yield self.create_json_message({"name": name, "size": len(text)})
