from collections.abc import Generator
from typing import Any

import memory_store
from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage


class ForgetTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        name = tool_parameters["name"]
        known = memory_store.forget(self.session.storage, self.runtime.user_id or "", name)
        text = f"I forgot {name}." if known else f"I remember nothing called {name}."
        yield self.create_text_message(text)
        yield self.create_json_message({"name": name, "forgotten": known})
