"""An optional language model behind an OpenAI-compatible endpoint: it is asked, never trusted.

Only ``qa.model`` imports a model's client, and only when one is set: importing it takes seconds.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Any, TypeVar, cast

from ingest.errors import BudgetQAError

logger = logging.getLogger(__name__)

_Value = TypeVar("_Value")

_LONGEST_REPLY_TOKENS = 600
_MOST_ROUNDS = 5
"""Replies with tool calls before the model has to come to an end."""
_MOST_CALLS = 4
"""Tool calls that one reply may make."""


class ModelSettingsError(BudgetQAError):
    """The model's settings do not fit together."""


class ModelFailure(Exception):  # noqa: N818 (no fault of the caller: the plain answer follows)
    """The model gave nothing that can be used: no reply in time, or none of the form asked for."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    base_url: str
    """BUDGET_QA_LLM_BASE_URL: an OpenAI-compatible endpoint, such as Ollama's or vLLM's ``/v1``."""
    model: str
    """BUDGET_QA_LLM_MODEL: the name that the endpoint knows the model by."""
    api_key: str = field(default="none", repr=False)
    """BUDGET_QA_LLM_API_KEY."""
    seconds: float = 20.0
    """BUDGET_QA_LLM_SECONDS: the longest that all calls for one answer may take together."""
    phrases: bool = False
    """BUDGET_QA_LLM_PHRASES=1: the model also puts answers in words that are found without it."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> ModelSettings | None:
        """None where no endpoint is set. Raises ModelSettingsError when the rest is missing or wrong."""
        given = os.environ if environment is None else environment
        base_url = given.get("BUDGET_QA_LLM_BASE_URL", "").strip()
        if not base_url:
            return None
        if not base_url.startswith(("http://", "https://")):
            raise ModelSettingsError(
                f"BUDGET_QA_LLM_BASE_URL is {base_url!r}; expected an address such as http://127.0.0.1:11434/v1"
            )
        model = given.get("BUDGET_QA_LLM_MODEL", "").strip()
        if not model:
            raise ModelSettingsError(
                "BUDGET_QA_LLM_BASE_URL is set: set BUDGET_QA_LLM_MODEL to a model there"
            )
        seconds = given.get("BUDGET_QA_LLM_SECONDS", "").strip() or "20"
        try:
            allowed = float(seconds)
        except ValueError:
            allowed = 0.0
        if not 0 < allowed <= 600:
            raise ModelSettingsError(f"BUDGET_QA_LLM_SECONDS is {seconds!r}; expected a number from 1 to 600")
        key = given.get("BUDGET_QA_LLM_API_KEY") or "none"
        return cls(base_url, model, key, allowed, given.get("BUDGET_QA_LLM_PHRASES", "") == "1")


class Deadline:
    """The time left for one answer."""

    def __init__(self, seconds: float) -> None:
        self._start = time.monotonic()
        self._end = self._start + seconds

    @property
    def spent_ms(self) -> float:
        return (time.monotonic() - self._start) * 1000

    @property
    def left(self) -> float:
        """Seconds, above 0. Raises ModelFailure when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise ModelFailure("the time for the language model is used up")
        return left


class LanguageModel:
    """One endpoint. Every method raises ModelFailure, and nothing else, when it gives nothing usable."""

    def __init__(self, settings: ModelSettings) -> None:
        self.settings = settings

    def json(self, instructions: str, question: str, schema: dict[str, Any], deadline: Deadline) -> Any:
        """The reply as a JSON value; the schema is the endpoint's to keep and the caller's to check."""
        asked = {"type": "json_schema", "json_schema": {"name": "plan", "schema": schema}}
        text = self._chat(_messages(instructions, question), deadline, response_format=asked)
        start, end = text.find("{"), text.rfind("}")
        try:
            return json.loads(text[start : end + 1])
        except (ValueError, RecursionError) as error:
            raise ModelFailure("the language model's reply is no JSON object") from error

    def text(self, instructions: str, question: str, deadline: Deadline) -> str:
        return self._chat(_messages(instructions, question), deadline)

    def with_tools(
        self,
        instructions: str,
        question: str,
        tools: Sequence[Callable[..., str]],
        deadline: Deadline,
    ) -> str:
        """The model's last words after it has called the tools as it liked, within limits."""
        from llama_index.core.base.llms.types import ChatMessage
        from llama_index.core.tools import FunctionTool

        offered = {tool.__name__: FunctionTool.from_defaults(tool) for tool in tools}
        messages = _messages(instructions, question)
        for _ in range(_MOST_ROUNDS):
            reply, calls = self._call_tools(list(offered.values()), messages, deadline)
            if not calls:
                return str(reply.message.content or "")
            messages.append(reply.message)
            for number, call in enumerate(calls):
                result = _carried_out(call, offered) if number < _MOST_CALLS else "too many calls at once"
                messages.append(
                    ChatMessage(role="tool", content=result, additional_kwargs={"tool_call_id": call.tool_id})
                )
        raise ModelFailure("the language model did not come to an end")

    def _call_tools(self, tools: list[Any], messages: list[Any], deadline: Deadline) -> tuple[Any, list[Any]]:
        client = self._client(deadline)

        def call() -> tuple[Any, list[Any]]:
            reply = client.chat_with_tools(tools, chat_history=messages, allow_parallel_tool_calls=True)
            return reply, client.get_tool_calls_from_response(reply, error_on_no_tool_call=False)

        return _in_time(call, deadline)

    def _chat(self, messages: list[Any], deadline: Deadline, **given: Any) -> str:
        client = self._client(deadline)
        return _in_time(lambda: str(client.chat(messages, **given).message.content or ""), deadline)

    def _client(self, deadline: Deadline) -> Any:
        from llama_index.llms.openai_like import OpenAILike

        return OpenAILike(
            model=self.settings.model,
            api_base=self.settings.base_url,
            api_key=self.settings.api_key,
            is_chat_model=True,
            is_function_calling_model=True,
            temperature=0.0,
            max_tokens=_LONGEST_REPLY_TOKENS,
            max_retries=0,
            timeout=deadline.left,
        )


def _messages(instructions: str, question: str) -> list[Any]:
    from llama_index.core.base.llms.types import ChatMessage

    return [ChatMessage(role="system", content=instructions), ChatMessage(role="user", content=question)]


def _carried_out(call: Any, offered: Mapping[str, Any]) -> str:
    """A tool's result, or what was wrong with the call, for the model to read."""
    tool = offered.get(call.tool_name)
    if tool is None:
        return f"there is no tool {call.tool_name!r}; there are: {', '.join(offered)}"
    try:
        return str(tool.fn(**call.tool_kwargs))
    except (TypeError, ValueError) as error:
        return f"wrong use: {error}"


def _in_time(call: Callable[[], _Value], deadline: Deadline) -> _Value:
    """What the call gives. A client's own time-out begins anew with every byte of a slow reply, so the
    call is left to itself when its time is up."""
    done: Queue[tuple[_Value | None, Exception | None]] = Queue(1)

    def work() -> None:
        try:
            done.put((call(), None))
        except Exception as error:  # whatever a foreign server makes a client library raise
            done.put((None, error))

    threading.Thread(target=work, daemon=True).start()
    try:
        value, error = done.get(timeout=deadline.left)
    except Empty as late:
        raise ModelFailure("the language model did not answer in time") from late
    if error is not None:
        logger.warning("the language model gave nothing: %s", type(error).__name__)
        raise ModelFailure(f"the language model gave nothing ({type(error).__name__})") from error
    return cast(_Value, value)
