"""Opening a thread with all that comes of it."""

from __future__ import annotations

from liteagent.testing.discord.errors import Json
from liteagent.testing.discord.messages import THREAD_STARTER, Message, Reference
from liteagent.testing.discord.people import User
from liteagent.testing.discord.places import Channel, Thread
from liteagent.testing.discord.posting import Draft, post, shown
from liteagent.testing.discord.threads import open_thread
from liteagent.testing.discord.world import World


def open_at_message(
    world: World, parent: Channel, message: Message, name: str, creator: User, *, minutes: int
) -> Thread:
    """Open a thread at a message. Its history begins with a message without text, of a type of
    its own, that points to that message: whoever reads the history meets it.
    """
    thread = open_thread(
        world, parent, name, creator, message=message, auto_archive_minutes=minutes
    )
    shown(world, message)
    at = Reference(message_id=message.id, channel_id=parent.id, guild_id=parent.guild_id)
    nobody: Json = {"parse": [], "replied_user": False}
    post(world, thread, creator, Draft(type=THREAD_STARTER, reference=at, allowed=nobody))
    return thread
