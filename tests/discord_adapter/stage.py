"""Who and what is there in the tests of the adapter's parts."""

from __future__ import annotations

from liteagent.chat.places import Place
from liteagent.testing.discord import FakeDiscord


class Stage:
    """Who and what is there, by id; texts as Discord's API has them."""

    def __init__(self, discord: FakeDiscord) -> None:
        self.discord = discord
        self.guild = discord.add_guild("Office")
        self.channel = discord.add_channel(self.guild, "general")
        self.ops = discord.add_role(self.guild, "ops")
        self.ann = discord.add_member(self.guild, "Ann")
        self.bob = discord.add_member(self.guild, "Bob", roles=[self.ops])

    @property
    def place(self) -> Place:
        """The channel."""
        return Place(team=str(self.guild), channel=str(self.channel))

    async def thread(self, text: str = "hello") -> Place:
        """Where a message of Ann's is answered; nothing is opened yet."""
        root = await self.discord.say(self.ann, self.channel, text)
        return Place(team=str(self.guild), channel=str(root), parent=str(self.channel))
