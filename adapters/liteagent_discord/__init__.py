"""Discord: agents in threads and direct messages, approvals by button; over discord.py.

Reads `DISCORD_TOKEN`, and `LITEAGENT_DISCORD_API_URL` and `LITEAGENT_DISCORD_GATEWAY_URL` where
Discord is somewhere else.
"""

from collections.abc import Callable
from typing import Any

import liteagent
from liteagent_discord.adapter import DiscordAdapter

__all__ = ["DiscordAdapter"]


@liteagent.hookimpl
def register_adapters(register: Callable[[Any], None]) -> None:
    """Offer the platform `discord`."""
    register(DiscordAdapter())
