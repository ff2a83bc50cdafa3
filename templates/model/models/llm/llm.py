from collections.abc import Generator, Mapping
from typing import Any

from dify_plugin import LargeLanguageModel
from dify_plugin.entities.model.llm import (
    LLMResult,
    LLMResultChunk,
    LLMResultChunkDelta,
    LLMUsage,
)
from dify_plugin.entities.model.message import (
    AssistantPromptMessage,
    PromptMessage,
    PromptMessageTool,
    UserPromptMessage,
)
from dify_plugin.errors.model import InvokeBadRequestError, InvokeError


class EchoModel(LargeLanguageModel):
    """Repeats the last thing that the user said. The words count as tokens."""

    def _invoke(
        self,
        model: str,
        credentials: dict[str, Any],
        prompt_messages: list[PromptMessage],
        model_parameters: dict[str, Any],
        tools: list[PromptMessageTool] | None = None,
        stop: list[str] | None = None,
        stream: bool = True,
        user: str | None = None,
    ) -> LLMResult | Generator[LLMResultChunk]:
        said = [each for each in prompt_messages if isinstance(each, UserPromptMessage)]
        text = said[-1].get_text_content() if said else ""
        words = f"{credentials.get('prefix') or ''} {text}".split()
        if not words:
            raise ValueError("there is nothing to repeat")
        words = words[: model_parameters.get("max_tokens", 512)]
        tokens = self.get_num_tokens(model, credentials, prompt_messages, tools)
        usage = self._calc_response_usage(model, credentials, tokens, len(words))
        if not stream:
            message = AssistantPromptMessage(content=" ".join(words))
            return LLMResult(model=model, message=message, usage=usage)
        # In a function of its own: with a `yield` in it, this one could not return a result.
        return self._stream(model, words, usage)

    def _stream(self, model: str, words: list[str], usage: LLMUsage) -> Generator[LLMResultChunk]:
        for index, word in enumerate(words):
            is_last = index == len(words) - 1
            yield LLMResultChunk(
                model=model,
                delta=LLMResultChunkDelta(
                    index=index,
                    message=AssistantPromptMessage(content=word if is_last else f"{word} "),
                    # Dify takes the usage from the last chunk.
                    usage=usage if is_last else None,
                    finish_reason="stop" if is_last else None,
                ),
            )

    def get_num_tokens(
        self,
        model: str,
        credentials: dict[str, Any],
        prompt_messages: list[PromptMessage],
        tools: list[PromptMessageTool] | None = None,
    ) -> int:
        return sum(len(message.get_text_content().split()) for message in prompt_messages)

    def validate_credentials(self, model: str, credentials: Mapping[str, Any]) -> None:
        """Only for models that users add themselves; the provider has looked at all there is."""

    @property
    def _invoke_error_mapping(self) -> dict[type[InvokeError], list[type[Exception]]]:
        """What Dify understands, for each kind of error: a busy server, for one, is tried again."""
        return {InvokeBadRequestError: [ValueError, KeyError]}
