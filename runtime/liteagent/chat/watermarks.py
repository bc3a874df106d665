"""Up to where a conversation was handled."""

from __future__ import annotations

from liteagent.journal import Journal

KEPT = 20
"""A look back begins so many messages before the latest one that was handled, for one of these may
have been lost where those behind it were not.
"""


class Watermarks:
    """The latest messages of each conversation that were handled, in the journal."""

    def __init__(self, journal: Journal, platform_name: str) -> None:
        self._journal = journal
        self._collection = f"chat-watermarks/{platform_name}"

    async def note(self, conversation: str, order: str) -> None:
        """The message of this order was handled."""
        known = await self._orders(conversation)
        if order in known or (len(known) == KEPT and order < known[0]):
            return
        orders = sorted([*known, order])[-KEPT:]
        await self._journal.put_record(self._collection, conversation, {"orders": orders})

    async def get(self, conversation: str) -> str:
        """The order after which something may have been missed; empty when none was handled."""
        known = await self._orders(conversation)
        return known[0] if known else ""

    async def _orders(self, conversation: str) -> list[str]:
        record = await self._journal.get_record(self._collection, conversation)
        return [] if record is None else record.value["orders"]
