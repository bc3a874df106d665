"""Clicks, forms and slash commands, as values of the chat core: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from liteagent.chat.inbound import Clicked, Commanded, Submitted
from liteagent.chat.places import Person, Place
from liteagent_discord.events import conversation_of, inside, name_of, place_of, seconds_of
from liteagent_discord.modals import answers_of

Json = Mapping[str, Any]
COMMAND, CLICK, SUBMIT = 2, 3, 5
PREFIX = "la:"
"""What the custom ids of our buttons and forms begin with."""


def clicked(interaction: Json) -> Clicked | None:
    """The press of a button of a card; None for every other interaction."""
    value = custom_id_of(interaction)
    if interaction.get("type") != CLICK or not value.startswith(PREFIX):
        return None
    return Clicked(
        id=str(interaction["id"]),
        value=value,
        place=where(interaction),
        message_id=str(inside(interaction, "message").get("id") or ""),
        person=person_of(interaction),
        ts=seconds_of(interaction["id"]),
        handle=handle_of(interaction),
    )


def submitted(interaction: Json) -> Submitted | None:
    """A form that was sent off; None for every other interaction."""
    value = custom_id_of(interaction)
    if interaction.get("type") != SUBMIT or not value.startswith(PREFIX):
        return None
    return Submitted(
        id=str(interaction["id"]),
        value=value,
        place=where(interaction),
        person=person_of(interaction),
        ts=seconds_of(interaction["id"]),
        answers=answers_of(interaction["data"]),
        handle=handle_of(interaction),
    )


def commanded(interaction: Json) -> Commanded | None:
    """A slash command; None for every other interaction."""
    if interaction.get("type") != COMMAND:
        return None
    place = where(interaction)
    return Commanded(
        id=str(interaction["id"]),
        text=" ".join(_words(inside(interaction, "data").get("options") or ())).strip(),
        conversation=conversation_of(place),
        place=place,
        person=person_of(interaction),
        ts=seconds_of(interaction["id"]),
        handle=handle_of(interaction),
    )


def _words(options: Iterable[Json]) -> Iterator[str]:
    """What was typed; the name of a subcommand, which an older version may have had, is a word."""
    for each in options:
        if "value" in each:
            yield str(each["value"])
        else:
            yield str(each.get("name") or "")
            yield from _words(each.get("options") or ())


def where(interaction: Json) -> Place:
    """Where somebody clicked."""
    channel = interaction.get("channel") or {"id": interaction.get("channel_id") or ""}
    return place_of(channel, str(interaction.get("guild_id") or ""))


def person_of(interaction: Json) -> Person:
    """Who it was, with the roles that they had; what they may do is asked when it matters."""
    user, member = user_of(interaction), inside(interaction, "member")
    return Person(
        id=str(user["id"]),
        name=name_of(user, member),
        team=str(interaction.get("guild_id") or ""),
        groups=tuple(str(role) for role in member.get("roles") or ()),
    )


def user_of(interaction: Json) -> Json:
    """The user, who stands in the member in guilds."""
    return inside(inside(interaction, "member"), "user") or interaction["user"]


def handle_of(interaction: Json) -> dict[str, Any]:
    """What Discord needs to answer this person alone, or to show them a form."""
    return {
        "id": str(interaction["id"]),
        "token": interaction["token"],
        "application": str(interaction["application_id"]),
        "on_message": bool(interaction.get("message")),
        "person": str(user_of(interaction)["id"]),
    }


def custom_id_of(interaction: Json) -> str:
    """Of the button or the form."""
    return str(inside(interaction, "data").get("custom_id") or "")
