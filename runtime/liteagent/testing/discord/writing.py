"""What the bot writes, from the JSON it sends: messages, answers and follow-ups alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from liteagent.testing.discord.checks import message_problems, refuse
from liteagent.testing.discord.checks.forms import Problem
from liteagent.testing.discord.errors import (
    EMPTY_MESSAGE,
    REPLY_NEEDS_HISTORY,
    TOO_LARGE,
    ApiError,
    Json,
)
from liteagent.testing.discord.interactions import Interaction
from liteagent.testing.discord.message_payloads import ATTACHMENT_LIMIT
from liteagent.testing.discord.messages import (
    COMMAND_ANSWER,
    COMPONENTS_V2,
    EPHEMERAL,
    LOADING,
    PLAIN,
    REPLY,
    SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
    Attachment,
    Message,
    Reference,
    Upload,
)
from liteagent.testing.discord.places import Channel
from liteagent.testing.discord.posting import Draft, changed, keep, numbered
from liteagent.testing.discord.world import World

SETTABLE = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
CONTENTS = ("content", "embeds", "components", "attachments")


def draft(
    world: World,
    channel: Channel,
    body: Json,
    files: Sequence[Upload],
    *,
    interaction: Interaction | None = None,
) -> Draft:
    """What `body` asks to post, or Discord's refusal. Only answers may be ephemeral."""
    settable = SETTABLE if interaction is None else SETTABLE | EPHEMERAL
    flags = (body.get("flags") or 0) & settable
    refuse(message_problems(body, flags=flags))
    check_files(files)
    if not files and not any(body.get(key) for key in ("content", "embeds", "components")):
        raise ApiError(EMPTY_MESSAGE)
    reference = _reference(world, channel, body)
    kind = COMMAND_ANSWER if interaction is not None and interaction.type == 2 else PLAIN
    return Draft(
        content=body.get("content") or "",
        embeds=body.get("embeds") or (),
        components=body.get("components") or (),
        uploads=described(files, body),
        nonce=body.get("nonce"),
        reference=reference,
        allowed=body.get("allowed_mentions"),
        flags=flags,
        type=REPLY if reference is not None else kind,
        interaction=interaction,
    )


def rewrite(world: World, message: Message, body: Json, files: Sequence[Upload]) -> None:
    """Edit a message as `body` asks: a key that is absent leaves its part as it is."""
    wanted = _flags_after(message, body)
    refuse(message_problems(body, flags=wanted))
    check_files(files)
    after: dict[str, Any] = {key: body[key] or [] for key in CONTENTS[1:3] if key in body}
    if "content" in body:
        after["content"] = body["content"] or ""
    attachments = _attachments_after(world, message, body, files)
    shown: list[Any] = [after.get(key, getattr(message, key)) for key in CONTENTS[:3]]
    if not attachments and not any(shown):
        raise ApiError(EMPTY_MESSAGE)
    message.content, message.embeds, components = shown
    message.components = numbered(components)
    message.attachments = attachments
    message.flags = wanted
    changed(world, message, body.get("allowed_mentions"))


def _flags_after(message: Message, body: Json) -> int:
    before = message.flags & ~LOADING
    if "flags" not in body:
        return before
    asked = (body["flags"] or 0) & SETTABLE
    if message.flags & COMPONENTS_V2 and not asked & COMPONENTS_V2:
        problem = "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG"
        refuse([Problem(("flags",), problem, "The flag cannot be removed")])
    return (before & ~SETTABLE) | asked


def _attachments_after(
    world: World, message: Message, body: Json, files: Sequence[Upload]
) -> list[Attachment]:
    """Those that `attachments` keeps, or all where it is absent, and the new ones."""
    keeps = body.get("attachments")
    ids = None if keeps is None else {str(each.get("id")) for each in keeps}
    kept = [each for each in message.attachments if ids is None or str(each.id) in ids]
    channel = world.channels[message.channel_id]
    return [*kept, *(keep(world, channel, each) for each in described(files, body))]


def check_files(files: Sequence[Upload]) -> None:
    if any(len(each.content) > ATTACHMENT_LIMIT for each in files):
        raise ApiError(TOO_LARGE)


def described(files: Sequence[Upload], body: Json) -> list[Upload]:
    """The files with the names and descriptions that the body's `attachments` give them."""
    said = {str(each.get("id")): each for each in body.get("attachments") or ()}
    return [
        Upload(
            filename=said.get(str(place), {}).get("filename", each.filename),
            content=each.content,
            content_type=each.content_type,
            description=said.get(str(place), {}).get("description"),
        )
        for place, each in enumerate(files)
    ]


def _reference(world: World, channel: Channel, body: Json) -> Reference | None:
    """The message to reply to; one that is gone is a problem unless the body says otherwise."""
    asked: Json | None = body.get("message_reference")
    if not asked:
        return None
    if "read_message_history" not in world.bot_may(channel):
        raise ApiError(REPLY_NEEDS_HISTORY)
    message_id = int(asked["message_id"])
    if message_id not in channel.messages:
        if not asked.get("fail_if_not_exists", True):
            return None
        refuse([Problem(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")])
    return Reference(message_id=message_id, channel_id=channel.id, guild_id=channel.guild_id)
