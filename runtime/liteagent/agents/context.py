"""From a session's transcript to the messages a model is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from liteagent.agents.memory import fit
from liteagent.agents.prompts import system_prompt
from liteagent.agents.spec import AgentSpec
from liteagent.agents.state import SessionState
from liteagent.messages import ChatMessage, ModelRequest, ToolCall, ToolSchema

PENDING = (
    "This call has not run yet: it waits for a person's approval or for its outcome."
    " You will be told when there is a result; go on without it until then."
)


def model_request(
    state: SessionState,
    spec: AgentSpec,
    model: str,
    tools: Sequence[ToolSchema],
    count: Callable[[str], int],
) -> ModelRequest:
    """What to send for the next model call. `count` gives the tokens of a text."""
    said = [entry.message for entry in state.transcript]
    instructions = system_prompt(spec, [m.content for m in said if m.role == "system"])
    messages = fit(conversation(said), spec.memory, count, state.transcript_size)
    return ModelRequest(
        model=model,
        messages=(ChatMessage(role="system", content=instructions), *messages),
        tools=tuple(tools),
        settings=spec.model_settings,
    )


def conversation(said: Sequence[ChatMessage]) -> list[ChatMessage]:
    """What was said as a model expects it: every call answered right behind the message that made
    it.

    A result that came only after the model had spoken again stays a placeholder in its place (the
    model has read that already) and is told as news where it arrived.
    """
    messages: list[ChatMessage] = []
    places: dict[str, int] = {}
    for message in said:
        role = message.role
        if role == "tool":
            place = places.get(message.tool_call_id)
            if place is None:
                messages.append(_news(message))
            else:
                messages[place] = message
        elif role != "system":
            messages.append(message)
            if role == "assistant":
                places = {}
                for call in message.tool_calls:
                    places[call.id] = len(messages)
                    messages.append(_pending(call))
    return messages


def _pending(call: ToolCall) -> ChatMessage:
    return ChatMessage(role="tool", content=PENDING, tool_call_id=call.id, name=call.name)


def _news(result: ChatMessage) -> ChatMessage:
    news = f"[Result of {result.name}, which you called earlier]\n{result.content}"
    return ChatMessage(role="user", content=news)
