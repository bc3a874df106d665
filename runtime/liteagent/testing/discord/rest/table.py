"""All routes; of those that match a path the first one answers."""

from __future__ import annotations

from liteagent.testing.discord.rest import (
    callbacks,
    channels,
    commands,
    guilds,
    messages,
    reactions,
    threads,
    users,
    webhooks,
)

ROUTES = (
    *users.ROUTES,
    *commands.ROUTES,
    *guilds.ROUTES,
    *channels.ROUTES,
    *threads.ROUTES,
    *messages.ROUTES,
    *reactions.ROUTES,
    *callbacks.ROUTES,
    *webhooks.ROUTES,
)
