"""What a member may do in a channel, by Discord's names and bits."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

BITS = MappingProxyType(
    {
        "manage_channels": 4,
        "add_reactions": 6,
        "view_channel": 10,
        "send_messages": 11,
        "manage_messages": 13,
        "embed_links": 14,
        "attach_files": 15,
        "read_message_history": 16,
        "mention_everyone": 17,
        "use_application_commands": 31,
        "manage_threads": 34,
        "create_public_threads": 35,
        "create_private_threads": 36,
        "send_messages_in_threads": 38,
    }
)

_MODERATING = frozenset(
    {"manage_channels", "manage_messages", "manage_threads", "mention_everyone"}
)
EVERYDAY = frozenset(BITS) - _MODERATING
"""What a bot is usually invited with."""


def bits(names: Iterable[str]) -> int:
    """The permissions as Discord's integer. A name it does not know is a `KeyError`."""
    return sum(1 << BITS[name] for name in set(names))
