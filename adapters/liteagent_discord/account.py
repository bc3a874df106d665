"""Who the application is on Discord."""

from __future__ import annotations

from dataclasses import dataclass

import discord


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The application and its bot user."""

    user: str
    """The bot's user id, by which it is mentioned."""
    application: str
    name: str = ""


def account_of(client: discord.Client) -> Account:
    """Of a client that is logged in."""
    user, application = client.user, client.application
    assert user is not None, "the client is logged in"
    assert application is not None, "the client is logged in"
    return Account(user=str(user.id), application=str(application.id), name=user.name)


def intents_of(client: discord.Client) -> str:
    """Which switch to flip, where the application seems not to be allowed to read what people
    write; empty where it is. The gateway has the last word.
    """
    application = client.application
    assert application is not None, "the client is logged in"
    flags = application.flags
    if flags.gateway_message_content or flags.gateway_message_content_limited:
        return ""
    return intent_sentence(str(application.id))


def openness_of(client: discord.Client) -> str:
    """What is wrong where anybody may add the application to a server; empty where not."""
    application = client.application
    assert application is not None, "the client is logged in"
    if not application.bot_public:
        return ""
    return (
        "Anybody may add the application to a server of their own, whose members may then talk to"
        " the agents and approve what no rule leaves to others: switch off Public Bot at"
        f" https://discord.com/developers/applications/{application.id}/bot."
    )


def intent_sentence(application: str) -> str:
    """Which switch to flip, and where."""
    return (
        "Discord does not let the application read messages: switch on Message Content Intent under"
        " Privileged Gateway Intents at"
        f" https://discord.com/developers/applications/{application}/bot, then start again."
    )
