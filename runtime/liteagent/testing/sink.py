"""The world outside: it remembers what tools did to it, whatever becomes of their process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from liteagent.tools import Effect, Tool, ToolContext
from liteagent.tools.options import Approval, EffectName

Probe = Callable[[bool], Any]
"""What a probe answers, given whether the call has really happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One thing that was done to the world. `key` is the call's idempotency key."""

    tool: str
    args: Mapping[str, Any]
    session_id: str
    call_id: str
    principal: str
    key: str


class Sink:
    """Makes tools whose only effect is a line in `done`."""

    def __init__(self) -> None:
        self.done: list[Done] = []
        self.probed: list[str] = []
        """The tools whose probe was asked, one name for each time."""
        self._held: dict[str, asyncio.Event] = {}

    def tool(
        self,
        name: str,
        *,
        effect: EffectName = "unsafe",
        approval: Approval | None = None,
        probe: Probe = bool,
        result: Callable[[Mapping[str, Any]], Any] | None = None,
        timeout: float | None = None,
    ) -> Tool:
        """A tool that takes any arguments, leaves its line, and returns `did <name>` or what
        `result` makes of the arguments. A reconcilable one has a probe that looks for the line.
        """

        def returned(args: Mapping[str, Any]) -> Any:
            return f"did {name}" if result is None else result(args)

        made = Tool(
            name=name,
            description=f"Does {name}.",
            parameters={"type": "object"},
            body=_Body(lambda args, ctx: self._do(name, args, ctx, returned)),
            effect=Effect(effect),
            approval=approval,
            timeout=timeout,
        )
        if made.effect is not Effect.RECONCILABLE:
            return made
        looking = _Body(lambda args, ctx: self._look(name, ctx, probe))
        return replace(
            made,
            probe=replace(made, name=f"{name}_probe", effect=Effect.PURE, body=looking),
        )

    def calls(self, tool: str | None = None) -> list[Mapping[str, Any]]:
        """The arguments of what was done, by one tool or by all."""
        return [done.args for done in self.done if tool in (None, done.tool)]

    def hold(self, tool: str) -> None:
        """Let calls of this tool stand still before they do anything."""
        self._held.setdefault(tool, asyncio.Event())

    def release(self, tool: str) -> None:
        """Let the held calls of this tool go on, and later ones pass."""
        self._held.pop(tool).set()

    async def _do(
        self,
        tool: str,
        args: Mapping[str, Any],
        ctx: ToolContext,
        returned: Callable[[Mapping[str, Any]], Any],
    ) -> Any:
        if tool in self._held:
            await self._held[tool].wait()
        self.done.append(
            Done(
                tool=tool,
                args=args,
                session_id=ctx.session_id,
                call_id=ctx.call_id,
                principal=ctx.principal.id,
                key=ctx.idempotency_key,
            )
        )
        return returned(args)

    async def _look(self, tool: str, ctx: ToolContext, probe: Probe) -> Any:
        self.probed.append(tool)
        return probe(any(done.key == ctx.idempotency_key for done in self.done))


class _Body:
    """A tool's body around an async function; any arguments fit."""

    is_async = True
    entry = None

    def __init__(self, function: Callable[[Mapping[str, Any], ToolContext], Any]) -> None:
        self._function = function

    def check(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return dict(arguments)

    def start(self, arguments: Mapping[str, Any], ctx: ToolContext) -> Any:
        return self._function(arguments, ctx)
