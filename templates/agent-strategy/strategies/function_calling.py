from collections.abc import Generator
from typing import Any

from dify_plugin.entities.agent import AgentInvokeMessage
from dify_plugin.entities.model.llm import LLMModelConfig
from dify_plugin.entities.model.message import (
    AssistantPromptMessage,
    PromptMessage,
    PromptMessageTool,
    SystemPromptMessage,
    ToolPromptMessage,
    UserPromptMessage,
)
from dify_plugin.interfaces.agent import AgentModelConfig, AgentStrategy, ToolEntity
from pydantic import BaseModel
from tool_calls import call_tool


class Parameters(BaseModel):
    """What the yaml declares, as objects of the SDK."""

    model: AgentModelConfig
    tools: list[ToolEntity] | None = None
    instruction: str
    query: str
    maximum_iterations: int = 5


class FunctionCallingStrategy(AgentStrategy):
    def _invoke(self, parameters: dict[str, Any]) -> Generator[AgentInvokeMessage]:
        given = Parameters(**parameters)
        tools = {tool.identity.name: tool for tool in given.tools or []}
        messages: list[PromptMessage] = [
            SystemPromptMessage(content=given.instruction),
            *given.model.history_prompt_messages,
            UserPromptMessage(content=given.query),
        ]
        for step in range(1, given.maximum_iterations + 1):
            # In the last step there are no tools to call: the model has to answer with what it has.
            is_last = step == given.maximum_iterations
            offered = [] if is_last else self._init_prompt_tools(given.tools)
            answer = self._ask(given.model, messages, offered)
            if is_last or not answer.tool_calls:
                yield self.create_text_message(answer.get_text_content())
                return
            messages.append(answer)
            for call in answer.tool_calls:
                name = call.function.name
                result = call_tool(self.session, tools.get(name), call)
                messages.append(ToolPromptMessage(content=result, tool_call_id=call.id, name=name))
                # Logs are what the app's builder sees of the steps.
                arguments = {"arguments": call.function.arguments, "result": result}
                yield self.create_log_message(f"Step {step}: {name}", arguments)

    def _ask(
        self,
        model: AgentModelConfig,
        messages: list[PromptMessage],
        tools: list[PromptMessageTool],
    ) -> AssistantPromptMessage:
        result = self.session.model.llm.invoke(
            model_config=LLMModelConfig(**model.model_dump(mode="json")),
            prompt_messages=messages,
            tools=tools,
            stream=False,
        )
        return result.message
