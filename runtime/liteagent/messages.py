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


class Opaque(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What a model says to itself alone, such as a signed thought or encrypted reasoning.

    It goes back to the model that said it, unchanged and in its place, and to nobody else.
    """

    content: Mapping[str, Any]
    """JSON that its provider alone understands."""
    after_text: int = 0
    """How many characters of the answer's text came before it."""
    after_calls: int = 0
    """How many of the answer's tool calls came before it."""

    def to_json(self) -> dict[str, Any]:
        places = {"after_text": self.after_text, "after_calls": self.after_calls}
        return {"content": self.content, **places}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Opaque:
        return cls(
            content=value["content"],
            after_text=value["after_text"],
            after_calls=value["after_calls"],
        )


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
    opaque: tuple[Opaque, ...] = ()
    """On an assistant's message: what it said to itself, in the order in which it came."""
    opaque_to: str = ""
    """The one model, as `provider/model`, that may be sent the opaque parts."""


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
    `response_format`, `reasoning_effort`, `api: responses`, … .
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
    opaque: tuple[Opaque, ...] = ()
    """What the same model wants back with the next request, besides text and calls."""
