"""`liteagent adapter discord` as a process of its own, which is killed for good."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from liteagent.testing.discord import CALLBACKS, EDITS, SENDS, Calls, FakeDiscord, Message
from tests.discord_adapter.stage import Stage

COMMAND = (str(Path(sys.executable).with_name("liteagent")), "adapter", "discord", "--in-process")
OPENS = Calls(method="POST", route="/channels/{channel_id}/messages/{message_id}/threads")
SECONDS = 180.0


class Serving:
    """The command, over a data directory that outlives it."""

    def __init__(self, discord: FakeDiscord, home: Path) -> None:
        self._discord, self.home = discord, home
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Serve, and return when it listens."""
        environ = {
            **os.environ,
            "LITEAGENT_HOME": str(self.home),
            "DISCORD_TOKEN": self._discord.token,
            "LITEAGENT_DISCORD_API_URL": self._discord.api_url,
            "LITEAGENT_DISCORD_GATEWAY_URL": self._discord.gateway_url,
        }
        before = self._discord.gateway.identified
        self._process = await asyncio.create_subprocess_exec(
            *COMMAND,
            env=environ,
            cwd=self.home,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await self._discord.until(
            lambda: self._discord.gateway.identified > before, seconds=SECONDS
        )

    async def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@pytest.fixture
async def serving(tmp_path: Path) -> AsyncIterator[tuple[FakeDiscord, Serving]]:
    async with FakeDiscord(answer_seconds=SECONDS) as discord:
        serving = Serving(discord, tmp_path)
        try:
            yield discord, serving
        finally:
            await serving.kill()


async def test_killed_with_its_agents_at_each_step_it_announces_once_and_says_so_once(
    serving: tuple[FakeDiscord, Serving],
) -> None:
    discord, process = serving
    stage = Stage(discord)
    await process.start()
    for number, on in enumerate((OPENS, SENDS)):
        fault = discord.faults.hold(on=on, applied=True)
        thread = await discord.say(
            stage.ann, stage.channel, f"<@{discord.bot_id}> announce: {number}"
        )
        await _restart_at(discord, process, lambda f=fault: f.held)
        fault.release()
        await _approve(discord, stage, thread)
        await _check(discord, thread)
    for number, on in enumerate((CALLBACKS, EDITS, SENDS), start=2):
        thread = await discord.say(
            stage.ann, stage.channel, f"<@{discord.bot_id}> announce: {number}"
        )
        card = await _card(discord, thread)
        fault = discord.faults.hold(on=on, applied=True)
        await discord.click(stage.bob, card.id, card.buttons[0]["custom_id"])
        await _restart_at(discord, process, lambda f=fault: f.held)
        fault.release()
        await _check(discord, thread)
    announced = (process.home / "announcements.txt").read_text().split()
    assert announced == ["0", "1", "2", "3", "4"]


async def _restart_at(discord: FakeDiscord, process: Serving, moment: object) -> None:
    await discord.until(moment, seconds=SECONDS)  # type: ignore[arg-type]
    await process.kill()
    await process.start()


async def _card(discord: FakeDiscord, thread: int) -> Message:
    await discord.until(lambda: any(m.buttons for m in discord.messages(thread)), seconds=SECONDS)
    return next(message for message in discord.messages(thread) if message.buttons)


async def _approve(discord: FakeDiscord, stage: Stage, thread: int) -> None:
    card = await _card(discord, thread)
    click = await discord.click(stage.bob, card.id, card.buttons[0]["custom_id"])
    await discord.until(lambda: click.done)


async def _check(discord: FakeDiscord, thread: int) -> None:
    def said() -> list[Message]:
        found = discord.messages(thread)
        return [one for one in found if "announce answered" in one.content]

    def cards() -> list[Message]:
        return [one for one in discord.messages(thread) if one.embeds]

    await discord.until(said, seconds=SECONDS)
    await discord.until(lambda: not any(card.buttons for card in cards()), seconds=SECONDS)
    assert len(said()) == 1
    assert len(cards()) == 1
