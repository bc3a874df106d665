"""The words an agent's model is given besides the conversation."""

from __future__ import annotations

from collections.abc import Sequence

from liteagent.agents.spec import AgentSpec


def system_prompt(spec: AgentSpec, extra: Sequence[str] = ()) -> str:
    """The system message: who the agent is, its instructions, and what the caller added."""
    parts = [f"You are {spec.name}, an assistant."]
    if spec.purpose:
        parts.append(f"Your purpose: {spec.purpose}")
    if spec.instructions:
        parts.append(spec.instructions)
    if spec.tools:
        parts.append(
            "Call a tool when it is the way to an answer. Some calls need a person's approval;"
            " when a person refused or changed a call, take that as said and do not repeat it."
        )
    parts.extend(extra)
    return "\n\n".join(parts)
