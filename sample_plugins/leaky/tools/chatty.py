from collections.abc import Generator
from typing import Any

from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage


class ChattyTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        steps = int(tool_parameters.get("steps") or 3)
        for step in range(1, steps + 1):
            print(f"[{step}/{steps}] ", end="")
            yield self.create_text_message(f"Step {step} of {steps} is done.\n")
        print()
        yield self.create_json_message({"steps": steps})
