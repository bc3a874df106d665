"""The tool of the conversation in Slack, as a plugin: it leaves its lines in the world's file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import liteagent
from liteagent import ToolContext
from liteagent.plugins.hookspecs import Register
from tests.chaos.chaos_plugin import world
from tests.chaos.world import World

TOOL = "gated"


def pipe_of(world: World) -> Path:
    """A named pipe; while it is there the tool stands still once it has acted."""
    return world.path.with_name("pipe")


@liteagent.tool(TOOL, approval="always")
async def gated(service: str, ctx: ToolContext) -> str:
    """Restart a service.

    Args:
        service: Its name.
    """
    world().note(TOOL, ctx.idempotency_key)
    pipe = pipe_of(world())
    if pipe.exists():
        await asyncio.to_thread(pipe.read_bytes)
    return f"did restart {service}"


@liteagent.hookimpl
def register_tools(register: Register) -> None:
    register(gated)
