"""A model's call of a tool, and what the model is told of it."""

import json
from typing import Any

from dify_plugin.core.runtime import Session
from dify_plugin.entities.model.message import AssistantPromptMessage
from dify_plugin.entities.tool import ToolInvokeMessage, ToolProviderType
from dify_plugin.interfaces.agent import ToolEntity


def call_tool(
    session: Session, tool: ToolEntity | None, call: AssistantPromptMessage.ToolCall
) -> str:
    """What came of it. A model can mend its own mistakes, so they are told and not raised."""
    if tool is None:
        return f"There is no tool {call.function.name}."
    try:
        arguments: dict[str, Any] = json.loads(call.function.arguments or "{}")
        answers = session.tool.invoke(
            provider_type=ToolProviderType(tool.provider_type),
            provider=tool.identity.provider,
            tool_name=tool.identity.name,
            parameters={**tool.runtime_parameters, **arguments},
        )
        return "\n".join(filter(None, map(_text_of, answers)))
    except Exception as error:
        return f"The tool failed: {error}"


def _text_of(message: ToolInvokeMessage) -> str:
    """Text and JSON: a model can read nothing else."""
    content = message.message
    if isinstance(content, ToolInvokeMessage.TextMessage):
        return content.text
    if isinstance(content, ToolInvokeMessage.JsonMessage):
        return json.dumps(content.json_object, ensure_ascii=False)
    return ""
