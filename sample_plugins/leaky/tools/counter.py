import time
from collections.abc import Generator
from typing import Any

from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage

COUNTER = "counter"


class CounterTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        storage = self.session.storage
        count = int(storage.get(COUNTER)) if storage.exist(COUNTER) else 0
        if pause := tool_parameters.get("pause"):
            time.sleep(float(pause))
        count += 1
        storage.set(COUNTER, str(count).encode())
        yield self.create_text_message(f"The count is {count}.")
        yield self.create_json_message({"count": count})
