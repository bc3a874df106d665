"""The command `chat-sim`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from liteagent.cli import options
from liteagent.cli.loading import load_configuration


def chat_sim(
    platform: Annotated[str, typer.Argument(help="The chat platform: slack or discord.")],
    agent: Annotated[
        str | None,
        typer.Option("--agent", "-a", help="Who answers there.", show_default=False),
    ] = None,
    config: options.Config = None,
) -> None:
    """Try the Slack or Discord adapter here, with no workspace and no token.

    The adapter, its library and the agents are the real ones; the platform is a stand-in on this
    machine, and you are the people in it. Sessions and approvals are kept as by `liteagent chat`.
    """
    from liteagent.cli.chat_sim.playing import play

    configuration = load_configuration(config)
    asyncio.run(play(platform, agent, configuration))
