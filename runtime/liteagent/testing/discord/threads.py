"""Threads open, change and close."""

from __future__ import annotations

from liteagent.testing.discord import payloads
from liteagent.testing.discord.errors import THREAD_EXISTS, ApiError, Json
from liteagent.testing.discord.messages import HAS_THREAD, Message
from liteagent.testing.discord.people import User
from liteagent.testing.discord.places import PUBLIC_THREAD, Channel, Thread
from liteagent.testing.discord.world import Dispatch, World


def open_thread(
    world: World,
    parent: Channel,
    name: str,
    creator: User,
    *,
    message: Message | None = None,
    type: int = PUBLIC_THREAD,
    auto_archive_minutes: int = 1440,
) -> Thread:
    """Open a thread; one made from a message gets the message's id, and only one can be."""
    if message is not None and message.id in world.channels:
        raise ApiError(THREAD_EXISTS)
    now = world.clock.now()
    thread = Thread(
        id=world.snowflakes.next() if message is None else message.id,
        name=name,
        type=type,
        guild_id=parent.guild_id,
        parent_id=parent.id,
        owner_id=creator.id,
        created_at=now,
        archived_at=now,
        auto_archive_minutes=auto_archive_minutes,
        member_ids={creator.id},
    )
    world.channels[thread.id] = thread
    tell_thread(world, "THREAD_CREATE", thread, newly_created=True)
    if message is not None:
        message.flags |= HAS_THREAD
    return thread


def update_thread(world: World, thread: Thread, changes: Json) -> None:
    """Change what the keys of `changes`, Discord's, say."""
    if "name" in changes:
        thread.name = changes["name"]
    if "auto_archive_duration" in changes:
        thread.auto_archive_minutes = changes["auto_archive_duration"]
    if "locked" in changes:
        thread.locked = changes["locked"]
    if "archived" in changes:
        thread.archived = changes["archived"]
        thread.archived_at = world.clock.now()
    tell_thread(world, "THREAD_UPDATE", thread)


def remove_thread(world: World, thread: Thread) -> None:
    """Delete a thread with all that is in it."""
    del world.channels[thread.id]
    data = {
        "id": str(thread.id),
        "guild_id": str(thread.guild_id),
        "parent_id": str(thread.parent_id),
        "type": thread.type,
    }
    world.emit(Dispatch(name="THREAD_DELETE", data=data, guild_id=thread.guild_id, channel=thread))


def tell_thread(world: World, name: str, thread: Thread, **more: object) -> None:
    """Dispatch an event that shows a thread. `channel` is the parent, whose rights it has."""
    data = {**payloads.thread(world, thread), **more}
    world.emit(Dispatch(name=name, data=data, guild_id=thread.guild_id, channel=thread))
