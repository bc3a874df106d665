"""From a session's transcript to the messages a model is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from liteagent.agents.memory import fit
from liteagent.agents.prompts import system_prompt
from liteagent.agents.spec import AgentSpec
from liteagent.agents.state import Entry, SessionState
from liteagent.messages import ChatMessage, ModelRequest, ToolSchema

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
    instructions = system_prompt(spec, [e.text for e in state.transcript if e.kind == "system"])
    messages = conversation([e for e in state.transcript if e.kind != "system"])
    messages = fit(messages, spec.memory, count)
    return ModelRequest(
        model=model,
        messages=(ChatMessage(role="system", content=instructions), *messages),
        tools=tuple(tools),
        settings=spec.model_settings,
    )


def conversation(entries: Sequence[Entry]) -> list[ChatMessage]:
    """The entries as a model expects them: every call answered right behind the message that made
    it.

    A result that came only after the model had spoken again stays a placeholder in its place (the
    model has read that already) and is told as news where it arrived.
    """
    messages: list[ChatMessage] = []
    places: dict[str, int] = {}
    for entry in entries:
        if entry.kind == "user":
            messages.append(ChatMessage(role="user", content=entry.text, name=entry.name))
        elif entry.kind == "assistant":
            messages.append(
                ChatMessage(role="assistant", content=entry.text, tool_calls=entry.calls)
            )
            places = {call.id: len(messages) + i for i, call in enumerate(entry.calls)}
            messages.extend(_answer(call.id, call.name, PENDING) for call in entry.calls)
        elif entry.call_id in places:
            messages[places[entry.call_id]] = _answer(entry.call_id, entry.name, entry.text)
        else:
            news = f"[Result of {entry.name}, which you called earlier]\n{entry.text}"
            messages.append(ChatMessage(role="user", content=news))
    return messages


def _answer(call_id: str, name: str, text: str) -> ChatMessage:
    return ChatMessage(role="tool", content=text, tool_call_id=call_id, name=name)
