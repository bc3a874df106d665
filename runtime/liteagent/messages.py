"""What goes to a model and what comes back, in one neutral form that every provider translates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

Role = Literal["system", "user", "assistant", "tool"]


class ToolCall(Struct, frozen=True, kw_only=True, gc=False):
    """A model's wish to call a tool. `arguments` is the JSON text as the model wrote it, checked
    by nobody yet.
    """

    id: str
    name: str
    arguments: str

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "arguments": self.arguments}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> ToolCall:
        return cls(id=value["id"], name=value["name"], arguments=value["arguments"])


class ChatMessage(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One message of a conversation, as a model sees it."""

    role: Role
    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    """On an assistant's message: what it called."""
    tool_call_id: str = ""
    """On a tool's message: which call this answers."""
    name: str = ""
    """On a user's message: who speaks; on a tool's: which tool."""


class ToolSchema(Struct, frozen=True, kw_only=True, gc=False):
    """What a model is told of a tool. `parameters` is a JSON schema of type object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


class Usage(Struct, frozen=True, kw_only=True, gc=False):
    """Tokens of one model call. `input_tokens` includes the cached ones. `estimated` where the
    provider said nothing.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    estimated: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cached_tokens": self.cached_tokens,
            "estimated": self.estimated,
        }


class ModelRequest(Struct, frozen=True, kw_only=True, gc=False):
    """One call of a model. `model` is the provider's own name for it, without the `provider/` in
    front.

    `settings` are passed to the provider: `temperature`, `max_tokens`, `top_p`, `stop`, `seed`,
    `response_format`, `api: responses`, … .
    """

    model: str
    messages: tuple[ChatMessage, ...]
    tools: tuple[ToolSchema, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])


class TextDelta(Struct, frozen=True, gc=False):
    """The next characters of the answer."""

    text: str


FinishReason = Literal["stop", "tool_calls", "length", "content_filter"]


class ModelResponse(Struct, frozen=True, kw_only=True, gc=False):
    """The whole answer; `text` equals the deltas joined."""

    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=Usage)
    finish_reason: FinishReason = "stop"
    model: str = ""
    """The model that answered, as the provider names it."""
    response_id: str = ""
