import re
from collections import Counter
from collections.abc import Generator
from typing import Any

from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage


class WordCountTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        text: str = tool_parameters["text"]
        # Only what is `required` is sure to be there: agents and workflows may leave out the rest.
        if tool_parameters.get("ignore_case", True):
            text = text.casefold()
        counts = Counter(re.findall(r"\w+", text))
        top = counts.most_common(int(tool_parameters.get("top", 3)))
        if tool_parameters.get("order") == "alphabet":
            top.sort()

        total = counts.total()
        named = ", ".join(f"{word} ({count})" for word, count in top)
        # Text is for people and models, JSON for the next node, the variable for `output_schema`.
        yield self.create_text_message(f"{total} words. Most frequent: {named or 'none'}.")
        yield self.create_json_message({"total": total, "top": dict(top)})
        yield self.create_variable_message("total", total)
