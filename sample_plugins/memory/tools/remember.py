from collections.abc import Generator
from typing import Any

import memory_store
from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage


class RememberTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        name, value = tool_parameters["name"], tool_parameters["value"]
        memory_store.remember(self.session.storage, self.runtime.user_id or "", name, value)
        yield self.create_text_message(f"I will remember {name}.")
        yield self.create_json_message({"name": name, "value": value})
        yield self.create_variable_message("value", value)
