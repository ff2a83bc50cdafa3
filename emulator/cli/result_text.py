"""What a tool gave back, as text: for whoever looks at a round after its end."""

from typing import Any

from emulator.cli.output import Output
from emulator.cli.round_view import ToolView


def result_text(messages: list[dict[str, Any]]) -> str:
    """A tool's messages as ``run`` prints them, without what it logged."""
    gathered = _Gathered()
    view = ToolView(gathered)
    for message in messages:
        if message["type"] != "log":
            view.on_tool_message(message)
    return gathered.text


class _Gathered(Output):
    """Takes what a view writes."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def write(self, data: bytes) -> None:
        if data:
            self._last = data[-1:]
            self.text += data.decode("utf-8", "replace")
