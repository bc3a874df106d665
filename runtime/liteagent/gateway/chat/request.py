"""The body of a chat completion, as far as an agent heeds it; the rest is ignored."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from liteagent.gateway.http.errors import InvalidRequestError
from liteagent.gateway.turns.content import text_of
from liteagent.gateway.turns.identity import Continuing
from liteagent.gateway.turns.prompt import Prompt, Said, prompt_of

_ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}
TASK_PROMPT = "### Task:\n"
"""How a chat interface begins what it asks for itself: a title, tags, a next question."""


class Function(BaseModel):
    name: str
    arguments: str = "{}"


class CalledTool(BaseModel):
    id: str
    function: Function


class Message(BaseModel):
    role: str
    content: Any = None
    name: str | None = None
    tool_calls: list[CalledTool] | None = None
    tool_call_id: str | None = None


class StreamOptions(BaseModel):
    include_usage: bool | None = None


class ChatRequest(Continuing):
    model: str
    messages: list[Message]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: Any = None
    n: int | None = None

    @property
    def include_usage(self) -> bool:
        return self.stream_options is not None and bool(self.stream_options.include_usage)

    def is_task(self) -> bool:
        """Whether a chat interface asks for itself, not for its user."""
        content = self.messages[0].content if len(self.messages) == 1 else None
        return isinstance(content, str) and content.startswith(TASK_PROMPT) and "\n### " in content

    def prompt(self) -> Prompt:
        """The conversation. Raises `InvalidRequestError` for what an agent cannot take."""
        if self.n is not None and self.n != 1:
            raise InvalidRequestError("n: an agent gives one answer; leave n out.", field="n")
        said = [_said(message, f"messages[{i}]") for i, message in enumerate(self.messages)]
        return prompt_of(said, "messages")


def _said(message: Message, place: str) -> Said:
    role = _ROLES.get(message.role)
    if role is None:
        known = ", ".join(_ROLES)
        raise InvalidRequestError(
            f"{place}.role is {message.role!r}; it can be {known}.", field=f"{place}.role"
        )
    said: Said = {"role": role, "content": text_of(message.content, f"{place}.content")}
    if message.name:
        said["name"] = message.name
    if role == "assistant" and message.tool_calls:
        said["tool_calls"] = [
            {"id": call.id, "name": call.function.name, "arguments": call.function.arguments}
            for call in message.tool_calls
        ]
    if role == "tool":
        if not message.tool_call_id:
            raise InvalidRequestError(
                f"{place}: the outcome of a tool needs tool_call_id.", field=f"{place}.tool_call_id"
            )
        said["tool_call_id"] = message.tool_call_id
    return said
