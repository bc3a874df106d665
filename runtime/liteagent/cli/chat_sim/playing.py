"""The adapter against the stand-in, and the person at the terminal."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from liteagent.agents import SESSION
from liteagent.agents.configuration import Configuration
from liteagent.cli.adapter.chats import AdapterNotFoundError, find_adapter, running_adapter
from liteagent.cli.chat_sim.person import Person
from liteagent.cli.chat_sim.scene import Scene
from liteagent.cli.chat_sim.screen import Screen
from liteagent.cli.doors.local import running_here
from liteagent.cli.loading import load_plugins
from liteagent.cli.output import out
from liteagent.clock import SystemClock
from liteagent.errors import LiteAgentException
from liteagent.journal import HeadQuery, Journal, open_journal

CONNECT_SECONDS = 20.0
LOOK_SECONDS = 0.05


async def play(platform: str, agent: str | None, configuration: Configuration) -> None:
    """Until the person leaves."""
    printer, clock = out(), SystemClock()
    async with AsyncExitStack() as stack:
        scene = await stack.enter_async_context(_scene(platform))
        environ = {**os.environ, **scene.environment}
        plugins = load_plugins(configuration)
        found = await find_adapter(plugins, platform, environ)
        agents = configuration.agents()
        journal = await stack.enter_async_context(
            await open_journal(configuration.settings.journal_url)
        )
        runtime = await stack.enter_async_context(
            running_here(configuration, agents, journal, recover=True)
        )
        running = await running_adapter(
            found, runtime, agents, configuration, plugins, environ, agent=agent
        )
        serving = asyncio.create_task(running.run())
        stack.push_async_callback(_end, serving)
        until = clock.now() + CONNECT_SECONDS
        while not running.health().connected and not serving.done():
            if clock.now() > until:
                raise LiteAgentException(f"The adapter did not connect: {running.health().text}")
            await clock.sleep(LOOK_SECONDS)
        screen = Screen(scene, printer, clock)
        stack.push_async_callback(_end, asyncio.create_task(screen.run()))
        person = Person(
            scene,
            screen,
            printer,
            clock,
            is_idle=lambda: _is_idle(journal),
            at_terminal=sys.stdin.isatty(),
        )
        await _first((serving, asyncio.create_task(person.run())))


@asynccontextmanager
async def _scene(platform: str) -> AsyncGenerator[Scene]:
    if platform == "slack":
        from liteagent.cli.chat_sim.slack_scene import SlackScene
        from liteagent.testing.slack import FakeSlack

        async with FakeSlack() as slack:
            yield SlackScene(slack)
    elif platform == "discord":
        from liteagent.cli.chat_sim.discord_scene import DiscordScene
        from liteagent.testing.discord import FakeDiscord

        async with FakeDiscord() as discord:
            yield DiscordScene(discord)
    else:
        raise AdapterNotFoundError(platform, ("slack", "discord"))


async def _is_idle(journal: Journal) -> bool:
    """Whether no session runs."""
    running = await journal.heads(HeadQuery(kind=SESSION, status="running", limit=1))
    return not running.items


async def _first(tasks: tuple[asyncio.Task[None], ...]) -> None:
    """Wait for whichever ends first, and for its error."""
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        await _end(task)
    for task in done:
        task.result()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
