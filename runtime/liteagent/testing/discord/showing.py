"""What is there, as text, for who waited in vain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from liteagent.testing.discord.messages import Message
from liteagent.testing.discord.rest import Call
from liteagent.testing.discord.world import World

LATEST_CALLS = 15


def show(world: World, calls: Sequence[Call]) -> str:
    """The channels with their messages, the interactions, and the latest calls."""
    return "\n".join([*_channels(world), *_interactions(world), *_calls(calls)])


def _channels(world: World) -> Iterator[str]:
    for channel in world.channels.values():
        yield f"#{channel.name} ({channel.id})"
        for message in channel.messages.values():
            yield f"  {message.id} {_line(message)}"
    for message in world.hidden_messages.values():
        yield f"seen by one: {message.id} {_line(message)}"


def _line(message: Message) -> str:
    buttons = [one.get("label") or one.get("custom_id") for one in message.buttons]
    more = [f"buttons {buttons}"] if buttons else []
    more += [f"{emoji} x{len(ids)}" for emoji, ids in message.reactions.items()]
    more += ["edited"] if message.edited is not None else []
    return " ".join([f"{message.author.name}: {message.content!r}", *more])


def _interactions(world: World) -> Iterator[str]:
    for one in world.interactions.values():
        asked = one.data.get("custom_id") or one.data.get("name")
        yield (
            f"interaction {one.id} {asked} by {one.user.name}: "
            f"answered {one.response_type}, refused {one.error}"
        )


def _calls(calls: Sequence[Call]) -> Iterator[str]:
    for call in calls[-LATEST_CALLS:]:
        yield f"{call.status} {call.method} {call.path}"
