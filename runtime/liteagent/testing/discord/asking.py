"""What somebody at Discord's screen asks of the bot: a click, a form, a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from liteagent.testing.discord import payloads
from liteagent.testing.discord.checks.components import LABEL, ROW, SELECT
from liteagent.testing.discord.checks.modals import Value, value_problems
from liteagent.testing.discord.errors import CannotDoError, Json
from liteagent.testing.discord.interactions import CLICK, COMMAND, SUBMIT, Interaction
from liteagent.testing.discord.message_payloads import interaction as payload
from liteagent.testing.discord.messages import Message
from liteagent.testing.discord.people import User
from liteagent.testing.discord.places import Channel
from liteagent.testing.discord.world import Dispatch, World

OPTION_TYPES = MappingProxyType({3: str, 4: int, 5: bool, 6: int, 7: int, 8: int, 10: (int, float)})
"""What a slash command's option takes; users, channels and roles by their ids."""


def ask(
    world: World,
    kind: int,
    user: User,
    channel: Channel,
    data: Json,
    *,
    message: Message | None = None,
) -> Interaction:
    """Begin an interaction and tell the bot."""
    number = world.snowflakes.next()
    one = Interaction(
        id=number,
        type=kind,
        token=f"token-{number}",
        user=user,
        channel=channel,
        data=data,
        message=message,
        clock=world.clock,
        created=world.clock.now(),
        answer_seconds=world.answer_seconds,
    )
    world.interactions[one.id] = one
    data = payload(world, one)
    world.emit(Dispatch(name="INTERACTION_CREATE", data=data, guild_id=channel.guild_id))
    return one


def click(
    world: World, user: User, message: Message, custom_id: str, values: Sequence[str]
) -> Interaction:
    """Press a button, or choose `values` of a select."""
    part = message.component(custom_id)
    if part is None:
        there = [one.get("custom_id") for one in message.buttons]
        raise CannotDoError(f"message {message.id} has no {custom_id!r} to click, only {there}")
    if part.get("disabled"):
        raise CannotDoError(f"{custom_id!r} of message {message.id} is disabled")
    if message.ephemeral and user != message.interaction_user:
        raise CannotDoError(f"{user.name} does not see the ephemeral message {message.id}")
    data: Json = {
        "custom_id": custom_id,
        "component_type": part["type"],
        "id": part["id"],
    }
    if part["type"] != 2:
        data["values"] = list(values)
    channel = world.channels[message.channel_id]
    return ask(world, CLICK, user, channel, data, message=message)


def submit(
    world: World, user: User, shown: Interaction, values: Mapping[str, Value]
) -> Interaction:
    """Fill in the form that answered an interaction, and send it."""
    if shown.modal is None:
        raise CannotDoError(f"interaction {shown.id} was not answered with a form")
    if shown.user != user:
        raise CannotDoError(f"the form was shown to {shown.user.name}, not to {user.name}")
    problems = list(value_problems(shown.modal, values))
    if problems:
        raise CannotDoError("the form cannot be sent: " + "; ".join(problems))
    data = {"custom_id": shown.modal["custom_id"], "components": _filled(shown.modal, values)}
    return ask(world, SUBMIT, user, shown.channel, data, message=shown.message)


def _filled(modal: Json, values: Mapping[str, Value]) -> list[Json]:
    def one(part: Json) -> Json:
        value = values.get(part["custom_id"], part.get("value") or "")
        chosen = part["type"] == SELECT
        return {
            "type": part["type"],
            "id": 1,
            "custom_id": part["custom_id"],
            **({"values": list(value)} if chosen else {"value": value}),
        }

    return [
        {"type": LABEL, "id": place, "component": one(row["component"])}
        if row["type"] == LABEL
        else {"type": ROW, "id": place, "components": [one(part) for part in row["components"]]}
        for place, row in enumerate(modal["components"], start=1)
        if row["type"] in (ROW, LABEL)
    ]


def command(
    world: World, user: User, channel: Channel, name: str, options: Mapping[str, Any]
) -> Interaction:
    """Use a slash command; `name` may go on with a group and a subcommand, as `agent stop`."""
    first, *rest = name.split()
    registered = world.commands.find(channel.guild_id, first)
    if registered is None:
        raise CannotDoError(f"there is no /{first} here: the bot did not register it")
    data: Json = {
        "id": registered["id"],
        "name": first,
        "type": registered["type"],
        "options": _options(registered, rest, options),
    }
    resolved = _resolved(world, channel, data["options"])
    if resolved:
        data["resolved"] = resolved
    if "guild_id" in registered:
        data["guild_id"] = registered["guild_id"]
    return ask(world, COMMAND, user, channel, data)


def _options(definition: Json, path: list[str], options: Mapping[str, Any]) -> list[Json]:
    known: dict[str, Json] = {one["name"]: one for one in definition.get("options") or ()}
    if path:
        if path[0] not in known:
            raise CannotDoError(f"/{definition['name']} has no {path[0]!r}, only {list(known)}")
        inner = known[path[0]]
        filled = _options(inner, path[1:], options)
        return [{"name": path[0], "type": inner["type"], "options": filled}]
    missing = [name for name, one in known.items() if one.get("required") and name not in options]
    if missing or not known.keys() >= options.keys():
        raise CannotDoError(
            f"/{definition['name']} takes {list(known)}, needs {missing} as well, got {[*options]}"
        )
    return [_option(known[name], value) for name, value in options.items()]


def _option(definition: Json, value: Any) -> Json:
    kind = OPTION_TYPES.get(definition["type"])
    choices = [one["value"] for one in definition.get("choices") or ()]
    if kind is None or not isinstance(value, kind) or (choices and value not in choices):
        wanted = choices or kind
        raise CannotDoError(f"option {definition['name']!r} takes {wanted}, not {value!r}")
    on_the_wire = str(value) if definition["type"] in (6, 7, 8) else value
    return {"name": definition["name"], "type": definition["type"], "value": on_the_wire}


def _resolved(world: World, channel: Channel, options: list[Json]) -> Json:
    """The users, members and channels that the options name."""
    flat = [inner for one in options for inner in (one.get("options") or [one])]
    users = [int(one["value"]) for one in flat if one["type"] == 6]
    channels = [int(one["value"]) for one in flat if one["type"] == 7]
    found: Json = {}
    if users:
        found["users"] = {str(each): payloads.user(world.user(each)) for each in users}
    if users and channel.guild_id is not None:
        members = world.guild(channel.guild_id).members
        found["members"] = {
            str(each): {**payloads.bare_member(members[each]), "permissions": "0"}
            for each in users
            if each in members
        }
    if channels:
        shown = (payloads.channel(world, world.channel(each)) for each in channels)
        found["channels"] = {one["id"]: {**one, "permissions": "0"} for one in shown}
    return found
