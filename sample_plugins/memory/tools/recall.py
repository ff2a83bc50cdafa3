from collections.abc import Generator
from typing import Any

import memory_store
from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage


class RecallTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        name = tool_parameters["name"]
        value = memory_store.load(self.session.storage, self.runtime.user_id or "").get(name)
        if value is None:
            yield self.create_text_message(f"I remember nothing called {name}.")
        else:
            yield self.create_text_message(value)
        yield self.create_json_message({"name": name, "value": value})
