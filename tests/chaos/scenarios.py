"""The conversations during which processes are killed."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

from liteagent import ToolContext, tool
from liteagent.agents import AgentSpec
from liteagent.journal import Moment, Subject
from liteagent.messages import ModelRequest, ModelResponse, TextDelta
from liteagent.testing import ScriptedModel, call, calls, says
from liteagent.testing.script import last_texts
from tests.chaos.world import World

TOOLS = ("pure", "idempotent", "reconcilable", "unsafe", "gated")
AGENT = AgentSpec(name="chaos", model=("scripted/chaos",), tools=TOOLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is said, and during what the process dies."""

    name: str
    subject: Subject
    says: tuple[str, ...]
    nth: int = 1
    """At which passing of the point."""
    sender: str | None = None
    """The kind of sender that delivers the answers, if any does."""

    def crash_at(self, moment: Moment) -> str:
        """The value of LITEAGENT_CRASH_AT."""
        nth = self.nth
        if self.subject is Subject.TOOL and moment is Moment.AFTER_REPLY:
            nth = 2  # the first reply is that to the greeting
        return f"{self.subject}.{moment}:{nth}"


def _about(name: str, subject: Subject = Subject.TOOL) -> Scenario:
    return Scenario(
        name=name if subject is Subject.TOOL else subject.value,
        subject=subject,
        says=("hello", f"do {name}", "bye"),
    )


SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario(name="model", subject=Subject.MODEL, says=("hello", "go on", "bye"), nth=2),
        *(_about(name) for name in TOOLS),
        _about("gated", Subject.APPROVAL),
        *(
            Scenario(
                name=f"outbound {kind}",
                subject=Subject.OUTBOUND,
                says=("hello", "go on", "bye"),
                nth=2,
                sender=kind,
            )
            for kind in ("plain", "idempotent", "reconcilable")
        ),
    )
}


class Model(ScriptedModel):
    """Calls the tool that it is told to, and notes in the world what it was asked."""

    def __init__(self, world: World) -> None:
        super().__init__({f"do {name}": calls(call(name)) for name in TOOLS})
        self.on(re.compile(""), says("o", "k"))
        self._world = world

    async def stream(self, request: ModelRequest) -> AsyncGenerator[TextDelta | ModelResponse]:
        self._world.note("model", last_texts(request)[0])
        async for item in super().stream(request):
            yield item


def make_tools(world: World) -> Sequence[Any]:
    """One tool of each effect class, and one that a person has to approve."""

    async def found(ctx: ToolContext) -> bool:
        """Whether the world has the line."""
        return ctx.idempotency_key in world.keys("reconcilable")

    def make(name: str, **settings: Any) -> Any:
        async def act(ctx: ToolContext) -> str:
            """Leave a line in the world."""
            world.note(name, ctx.idempotency_key)
            return f"did {name}"

        return tool(name, **settings)(act)

    return (
        make("pure", effect="pure"),
        make("idempotent", effect="idempotent"),
        make("reconcilable", effect="reconcilable", probe=found),
        make("unsafe"),
        make("gated", approval="always"),
    )
