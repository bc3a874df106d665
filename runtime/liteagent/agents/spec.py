"""An agent as its configuration file describes it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from liteagent.approvals import Approvers, RuleSetting
from liteagent.errors import near_misses


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MemorySpec(_Part):
    """How much of the conversation the model is shown."""

    strategy: Literal["sliding_window", "token_window", "summary"] = "token_window"
    max_messages: int = Field(default=50, ge=1)
    """For sliding_window."""
    max_tokens: int = Field(default=16_000, ge=100)
    """For token_window and summary."""


class Limits(_Part):
    """What one turn may use before it is stopped."""

    max_iterations: int = Field(default=20, ge=1)
    """Model calls."""
    max_seconds: float = Field(default=300.0, gt=0)
    """Seconds of work; waiting for a person, or for another turn, does not count."""
    max_cost_usd: float | None = Field(default=None, gt=0)
    max_tool_calls: int = Field(default=50, ge=1)
    """Calls taken from one answer of the model; it is told of those left out."""


class Placement(_Part):
    """Where the agent's sessions run on a cluster."""

    hosts: int = Field(default=1, ge=1)
    num_cpus: float = Field(default=0, ge=0)
    num_gpus: float = Field(default=0, ge=0)
    isolation: Literal["shared", "dedicated"] = "shared"


Overlap = Literal["enqueue", "steer", "interrupt", "reject"]


class AgentSpec(_Part):
    """One agent."""

    name: str = Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$")
    purpose: str = ""
    instructions: str = ""
    """Added to the system prompt as they stand."""
    model: tuple[str, ...] = Field(min_length=1)
    """`provider/model`, in the order in which they are tried."""
    model_settings: dict[str, Any] = Field(default_factory=dict)
    """For the provider: `temperature`, `max_tokens`, `timeout`, `api: responses`, … . How hard to
    think is `reasoning_effort` (`none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`) with
    every provider. What a model is known to refuse is not sent to it.
    """
    tools: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()
    memory: MemorySpec = MemorySpec()
    approval: dict[str, RuleSetting] = Field(default_factory=dict)
    overlap: Overlap = "enqueue"
    limits: Limits = Limits()
    placement: Placement = Placement()

    @field_validator("model", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("model")
    @classmethod
    def _names_a_provider(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            provider, _, model = name.partition("/")
            if not provider or not model:
                raise ValueError(f"provider/model, such as openai/gpt-4o (found {name!r})")
        return value

    @field_validator("approval")
    @classmethod
    def _gates_stand_before_its_tools(
        cls, value: dict[str, RuleSetting], info: ValidationInfo
    ) -> dict[str, RuleSetting]:
        """A rule with a misspelt name would leave the tool it was meant for ungated."""
        tools: tuple[str, ...] = info.data.get("tools", tuple(value))
        for name in sorted(value.keys() - set(tools)):
            raise ValueError(f"the agent has no tool {name!r}: {near_misses(name, tools)}")
        return value


__all__ = ["AgentSpec", "Approvers", "Limits", "MemorySpec", "Overlap", "Placement"]
