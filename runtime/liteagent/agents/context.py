"""From a session's transcript to the messages a model is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from liteagent.agents.memory import fit
from liteagent.agents.prompts import system_prompt
from liteagent.agents.spec import AgentSpec
from liteagent.agents.state import SessionState
from liteagent.agents.transcript import conversation, readable
from liteagent.messages import ChatMessage, ModelRequest, ToolSchema


def model_request(
    state: SessionState,
    spec: AgentSpec,
    full_name: str,
    model: str,
    tools: Sequence[ToolSchema],
    count: Callable[[str], int],
) -> ModelRequest:
    """What to send for the next model call. `full_name` is `provider/model`, `model` the provider's
    own name for it; `count` gives the tokens of a text.
    """
    messages = fit(conversation(state), spec.memory, count, state.transcript_size)
    if state.thoughts:
        messages = readable(messages, full_name)
    instructions = system_prompt(spec, state.instructions)
    return ModelRequest(
        model=model,
        messages=(ChatMessage(role="system", content=instructions), *messages),
        tools=tuple(tools),
        settings=spec.model_settings,
    )
