from collections.abc import Generator
from typing import Any

import memory_store
from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage


class ListTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        memory = memory_store.load(self.session.storage, self.runtime.user_id or "")
        lines = [f"{name}: {value}" for name, value in sorted(memory.items())]
        yield self.create_text_message("\n".join(lines) or "I remember nothing yet.")
        yield self.create_json_message(memory)
