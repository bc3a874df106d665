"""The stand-in, and what runs against it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord as library
import pytest

from liteagent.testing.discord import FakeDiscord, pointed_at
from tests.testing.discord.bot import Bot, Office, Run


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as discord:
        with pointed_at(discord):
            yield discord


@pytest.fixture
def office(discord: FakeDiscord) -> Office:
    return Office(discord)


@pytest.fixture
def run(discord: FakeDiscord) -> Run:
    """Run a client within a block, from its being ready to its end."""

    @asynccontextmanager
    async def running(client: library.Client) -> AsyncIterator[None]:
        await client.login(discord.token)
        task = asyncio.create_task(client.connect())
        ready = asyncio.create_task(client.wait_until_ready())
        await asyncio.wait((task, ready), return_when=asyncio.FIRST_COMPLETED, timeout=60)
        try:
            assert client.is_ready(), task
            await discord.until(lambda: not any(guild.unavailable for guild in client.guilds))
            yield
        finally:
            ready.cancel()
            await client.close()
            await asyncio.gather(task, ready, return_exceptions=True)

    return running
