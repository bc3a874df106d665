"""A stand-in Discord with two people and a channel, and the adapter's parts over it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from liteagent.chat.health import ChatHealth
from liteagent.clock import SystemClock
from liteagent.testing.discord import FakeDiscord, pointed_at
from liteagent_discord import answers
from liteagent_discord.account import account_of
from liteagent_discord.listener import Listener
from liteagent_discord.platform import DiscordPlatform
from liteagent_discord.rest import Rest
from tests.discord_adapter.stage import Stage


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow machine no form is put off that was to be opened."""
    monkeypatch.setattr(answers, "GUARD_SECONDS", 30.0)


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(answer_seconds=60.0) as discord:
        with pointed_at(discord):
            yield discord


@pytest.fixture
def stage(discord: FakeDiscord) -> Stage:
    return Stage(discord)


@pytest.fixture
async def rest(discord: FakeDiscord) -> AsyncIterator[Rest]:
    """The REST API by a client that is logged in and listens to nothing."""
    async with Listener(ChatHealth("Discord", SystemClock())) as client:
        await client.login(discord.token)
        rest = Rest()
        rest.use(client)
        yield rest


@pytest.fixture
async def platform(discord: FakeDiscord, rest: Rest) -> AsyncIterator[DiscordPlatform]:
    assert rest._client is not None
    platform = DiscordPlatform(rest, account_of(rest._client), SystemClock())
    yield platform
    await platform.close()
