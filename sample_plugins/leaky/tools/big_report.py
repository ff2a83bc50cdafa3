from collections.abc import Generator
from typing import Any

from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage

LINE = b"2026-11-22T12:00:00Z  check passed, nothing to report\n"


class BigReportTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        size = int(float(tool_parameters["kilobytes"]) * 1024)
        report = (LINE * (size // len(LINE) + 1))[:size]
        self.session.storage.set("report.txt", report)
        yield self.create_text_message(f"The report has {size} bytes.")
        yield self.create_json_message({"size": size})
