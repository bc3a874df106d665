"""The agent that is there before anybody has configured one."""

from __future__ import annotations

from liteagent.agents.directory import AgentFiles
from liteagent.agents.spec import AgentSpec
from liteagent.config import Settings

ASSISTANT = "assistant"
DEMO_MODEL = "demo/demo"


def built_in_assistant(settings: Settings) -> AgentSpec:
    """An assistant on the first provider whose key is set, else on the scripted demo model."""
    return AgentSpec(
        name=ASSISTANT,
        purpose="Helps with whatever it is asked.",
        model=(_model(settings),),
        tools=("current_time", "announce"),
    )


def default_agent(agents: AgentFiles, named: str | None = None) -> AgentSpec:
    """The agent to talk to when nobody says which: `named` if the configuration says, the only
    configured one, else the assistant.

    Raises `AgentNotFoundError` when `named` does not exist.
    """
    if named is not None:
        return agents.get(named)
    configured = [spec for spec in agents.all() if agents.path_of(spec.name) is not None]
    return configured[0] if len(configured) == 1 else agents.get(ASSISTANT)


def _model(settings: Settings) -> str:
    if settings.openai_api_key is not None:
        return "openai/gpt-4o"
    if settings.anthropic_api_key is not None:
        return "anthropic/claude-sonnet-4-5"
    return DEMO_MODEL
