import os
import time
from collections.abc import Generator
from statistics import median
from typing import Any

from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage


class LoopTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        count, size = tool_parameters["count"], tool_parameters["size"]
        storage = self.session.storage
        times: dict[str, list[float]] = {"set": [], "get": []}
        for number in range(count):
            value = os.urandom(size)  # SQLite would skip the write of equal bytes
            key = f"key/{number % 10}"
            started = time.perf_counter()
            storage.set(key, value)
            wrote = time.perf_counter()
            read = storage.get(key)
            times["set"].append(wrote - started)
            times["get"].append(time.perf_counter() - wrote)
            if read != value:
                raise AssertionError("storage gave back other bytes")
        yield self.create_json_message({name: median(each) for name, each in times.items()})
