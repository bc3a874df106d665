"""A bot on an unchanged discord.py, and the people it works for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import discord as library
from discord import app_commands, ui

from liteagent.testing.discord import FakeDiscord


class Office:
    """A guild with a channel and two people."""

    def __init__(self, discord: FakeDiscord) -> None:
        self.guild = discord.add_guild("Office")
        self.channel = discord.add_channel(self.guild, "general")
        self.ann = discord.add_member(self.guild, "Ann")
        self.bob = discord.add_member(self.guild, "Bob")


class Bot(library.Client):
    """Notes what it is told, and answers by the functions that a test gives it."""

    def __init__(self, **options: Any) -> None:
        intents = library.Intents.default()
        intents.message_content = True
        super().__init__(
            **{
                "intents": intents,
                "guild_ready_timeout": 0.05,
                "max_ratelimit_timeout": 30.0,
                **options,
            }
        )
        self.tree = app_commands.CommandTree(self)
        self.heard: list[library.Message] = []
        self.events: list[str] = []
        self.on_said: Callable[[library.Message], Awaitable[None]] | None = None
        self.on_clicked: Callable[[library.Interaction], Awaitable[None]] | None = None

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Does not wait its five seconds before it identifies again."""

    async def on_message(self, message: library.Message) -> None:
        if message.author == self.user:
            return
        self.heard.append(message)
        if self.on_said is not None:
            await self.on_said(message)

    async def on_interaction(self, interaction: library.Interaction) -> None:
        if self.on_clicked is not None:
            await self.on_clicked(interaction)

    def dispatch(self, event: str, /, *args: object, **more: object) -> None:
        self.events.append(event)
        super().dispatch(event, *args, **more)


Run = Callable[[library.Client], AbstractAsyncContextManager[None]]


def card(*names: str, **more: Any) -> ui.View:
    view = ui.View(timeout=None)
    for name in names:
        view.add_item(ui.Button(label=name, custom_id=name, **more))
    return view


async def post(discord: FakeDiscord, bot: Bot, channel: int, view: ui.View) -> int:
    place = bot.get_partial_messageable(channel)
    return (await place.send("Approve?", view=view)).id
