from collections.abc import Generator
from typing import Any

from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage


class DetachTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        name = tool_parameters.get("name") or ""
        self.session.storage.delete(f"attachments/{name}")
        yield self.create_text_message(f"Removed {name}.")
        yield self.create_json_message({"name": name})
