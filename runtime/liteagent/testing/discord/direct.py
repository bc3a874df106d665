"""The bot's direct messages."""

from __future__ import annotations

from liteagent.testing.discord.errors import CANNOT_SEND_TO_USER, ApiError
from liteagent.testing.discord.people import User
from liteagent.testing.discord.places import DM, Channel
from liteagent.testing.discord.world import World


def open_dm(world: World, recipient: User) -> Channel:
    """The conversation with this user, who always gets the same one. Bots have none."""
    if recipient.bot:
        raise ApiError(CANNOT_SEND_TO_USER)
    for channel in world.channels.values():
        if channel.recipient == recipient:
            return channel
    channel = Channel(id=world.snowflakes.next(), name=recipient.name, type=DM, recipient=recipient)
    world.channels[channel.id] = channel
    return channel
