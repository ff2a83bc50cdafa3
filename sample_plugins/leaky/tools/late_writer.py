import time
from collections.abc import Generator
from threading import Thread
from typing import Any

from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage


class LateWriterTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        text = tool_parameters["text"]
        delay = float(tool_parameters.get("delay") or 1)
        Thread(target=self._keep, args=(text, delay), daemon=True).start()
        yield self.create_text_message("The text is being kept.")
        yield self.create_json_message({"key": "late.txt"})

    def _keep(self, text: str, delay: float) -> None:
        time.sleep(delay)
        self.session.storage.set("late.txt", text.encode())
