"""Messages come, change and go: what people and the bot do alike."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count

from liteagent.testing.discord import message_payloads as payloads
from liteagent.testing.discord.errors import LOCKED_THREAD, ApiError, Json
from liteagent.testing.discord.interactions import Interaction
from liteagent.testing.discord.mentions import mentions_in
from liteagent.testing.discord.messages import (
    PLAIN,
    Attachment,
    Message,
    Reference,
    Upload,
    walk,
)
from liteagent.testing.discord.payloads import member
from liteagent.testing.discord.people import User
from liteagent.testing.discord.places import Channel, Thread
from liteagent.testing.discord.threads import update_thread
from liteagent.testing.discord.world import Dispatch, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a message is to be; `allowed` is Discord's `allowed_mentions`."""

    content: str = ""
    embeds: Sequence[Json] = ()
    components: Sequence[Json] = ()
    uploads: Sequence[Upload] = ()
    nonce: str | int | None = None
    reference: Reference | None = None
    allowed: Json | None = None
    flags: int = 0
    type: int = PLAIN
    interaction: Interaction | None = field(default=None, repr=False)


def post(world: World, channel: Channel, author: User, draft: Draft) -> Message:
    """Post a message. In an archived thread that opens it again, unless it is locked."""
    if isinstance(channel, Thread):
        _enter(world, channel, author)
    message = _message(world, channel, author, draft)
    _mention(world, message, draft.allowed)
    if message.ephemeral:
        world.hidden_messages[message.id] = message
    else:
        channel.messages[message.id] = message
        tell(world, "MESSAGE_CREATE", channel, message)
    return message


def _enter(world: World, thread: Thread, author: User) -> None:
    may = author == world.bot and "manage_threads" in world.bot_may(thread)
    if thread.locked and not may:
        raise ApiError(LOCKED_THREAD)
    thread.sent += 1
    thread.member_ids.add(author.id)
    if thread.archived:
        update_thread(world, thread, {"archived": False})


def _message(world: World, channel: Channel, author: User, draft: Draft) -> Message:
    by = draft.interaction
    return Message(
        id=world.snowflakes.next(),
        channel_id=channel.id,
        guild_id=channel.guild_id,
        author=author,
        content=draft.content,
        embeds=deepcopy(list(draft.embeds)),
        components=numbered(draft.components),
        attachments=[keep(world, channel, upload) for upload in draft.uploads],
        nonce=draft.nonce,
        reference=draft.reference,
        created=world.clock.now(),
        flags=draft.flags,
        type=draft.type,
        interaction_id=None if by is None else by.id,
        interaction_user=None if by is None else by.user,
    )


def _mention(world: World, message: Message, allowed: Json | None) -> None:
    found = mentions_in(message.content, allowed)
    message.mentions = [each for each in found.users if each in world.users]
    message.mentioned_roles = found.roles
    message.mentions_everyone = found.everyone
    answered = _answered(world, message)
    if answered is not None and (allowed or {}).get("replied_user", True):
        message.mentions = list(dict.fromkeys([*message.mentions, answered.author.id]))


def _answered(world: World, message: Message) -> Message | None:
    if message.reference is None:
        return None
    channel = world.channels.get(message.reference.channel_id)
    return None if channel is None else channel.messages.get(message.reference.message_id)


def keep(world: World, channel: Channel, upload: Upload) -> Attachment:
    """Store a file under an id and a URL of its own."""
    file_id = world.snowflakes.next()
    stored = Attachment(
        id=file_id,
        filename=upload.filename,
        content=upload.content,
        content_type=upload.content_type,
        url=f"{world.base_url}/attachments/{channel.id}/{file_id}/{upload.filename}",
        description=upload.description,
    )
    world.files[file_id] = stored
    return stored


def numbered(components: Sequence[Json]) -> list[Json]:
    """A copy in which every component has the `id` number that Discord gives it."""
    copied = deepcopy(list(components))
    taken = {part["id"] for part in walk(copied) if part.get("id")}
    free = (number for number in count(1) if number not in taken)
    for part in walk(copied):
        if not part.get("id"):
            part["id"] = next(free)
    return copied


def changed(world: World, message: Message, allowed: Json | None = None) -> None:
    """A message was edited: note when, look anew for mentions, and tell."""
    message.edited = world.clock.now()
    _mention(world, message, allowed)
    shown(world, message)


def shown(world: World, message: Message) -> None:
    """A message looks different, though nobody edited its text."""
    if not message.ephemeral:
        tell(world, "MESSAGE_UPDATE", world.channels[message.channel_id], message)


def remove(world: World, message: Message) -> None:
    """Delete a message."""
    world.hidden_messages.pop(message.id, None)
    channel = world.channels[message.channel_id]
    if channel.messages.pop(message.id, None) is None:
        return
    data = {"id": str(message.id), "channel_id": str(channel.id)}
    send(world, "MESSAGE_DELETE", channel, data)


def react(world: World, message: Message, user: User, emoji: str) -> None:
    """Add a reaction; the same one again changes nothing."""
    ids = message.reactions.setdefault(emoji, [])
    if user.id in ids:
        return
    ids.append(user.id)
    data = _reaction(message, user, emoji)
    data["message_author_id"] = str(message.author.id)
    if message.guild_id is not None:
        found = world.member(message.guild_id, user.id)
        data["member"] = member(found)
    send(world, "MESSAGE_REACTION_ADD", world.channels[message.channel_id], data)


def unreact(world: World, message: Message, user: User, emoji: str) -> None:
    """Take a reaction back; one that is not there is passed over."""
    ids = message.reactions.get(emoji, [])
    if user.id not in ids:
        return
    ids.remove(user.id)
    if not ids:
        del message.reactions[emoji]
    data = _reaction(message, user, emoji)
    send(world, "MESSAGE_REACTION_REMOVE", world.channels[message.channel_id], data)


def _reaction(message: Message, user: User, emoji: str) -> Json:
    return {
        "user_id": str(user.id),
        "channel_id": str(message.channel_id),
        "message_id": str(message.id),
        "emoji": payloads.emoji(emoji),
        "burst": False,
        "type": 0,
    }


def tell(world: World, name: str, channel: Channel, message: Message) -> None:
    """Dispatch an event that shows a message."""
    data = payloads.message_event(world, message)
    event = Dispatch(
        name=name, data=data, guild_id=channel.guild_id, channel=channel, message=message
    )
    world.emit(event)


def send(world: World, name: str, channel: Channel, data: Json) -> None:
    """Dispatch an event of a channel."""
    if channel.guild_id is not None:
        data = {**data, "guild_id": str(channel.guild_id)}
    world.emit(Dispatch(name=name, data=data, guild_id=channel.guild_id, channel=channel))
