"""The visible mark on a message that waits behind an earlier one."""

from __future__ import annotations

import logging

from liteagent.agents import Receipt, Sessions
from liteagent.chat.inbound import Said
from liteagent.chat.places import Place
from liteagent.chat.platform import Mark, Platform
from liteagent.errors import AgentNotFoundError
from liteagent.journal import HeadRow
from liteagent.kernel import SendError

log = logging.getLogger(__name__)

BEGUN = frozenset({"turn.started", "turn.completed", "turn.failed", "turn.cancelled"})
"""The events after which a message of the turn waits no longer."""
LOOK = 50
"""Events behind a message among which its turn's beginning is looked for."""


class QueuedMarks:
    """Puts a mark on a message whose turn has not begun and takes it away when it has. A mark is no
    more than a help: one that the platform does not take is let be.
    """

    def __init__(self, platform: Platform, sessions: Sessions) -> None:
        self._platform, self._sessions = platform, sessions
        self._journal = sessions.runtime.journal
        self._collection = f"chat-queued/{platform.name}"

    def has_to_wait(self, row: HeadRow | None) -> bool:
        """Whether what this session is sent now has to wait: another message's turn is open, and
        the agent takes them in order.
        """
        if row is None or row.head.status != "running":
            return False
        try:
            return self._sessions.agents.get(row.head.agent).overlap == "enqueue"
        except AgentNotFoundError:
            return False

    async def queued(self, receipt: Receipt, said: Said) -> None:
        """Mark a message that was sent to a busy session, unless its turn has begun."""
        if not said.message_id or await self._has_begun(receipt):
            return
        value = {"source": said.source.to_json(), "message_id": said.message_id}
        await self._journal.put_record(self._collection, receipt.turn_id, value)
        await self._mark(said.source, said.message_id, on=True)
        if await self._has_begun(receipt):  # whoever saw it begin may have found no record
            await self.begun(receipt.turn_id)

    async def begun(self, turn_id: str) -> None:
        """A turn has begun, or ended before it did (`BEGUN`): take its message's mark away."""
        record = await self._journal.get_record(self._collection, turn_id)
        if record is None:
            return
        source = Place.from_json(record.value["source"])
        await self._mark(source, record.value["message_id"], on=False)
        await self._journal.delete_record(self._collection, turn_id)

    async def _has_begun(self, receipt: Receipt) -> bool:
        after = self._sessions.events(receipt.session_id, after=receipt.seq, limit=LOOK)
        async for event in after:
            if event.type in BEGUN and event.data["turn_id"] == receipt.turn_id:
                return True
        return False

    async def _mark(self, source: Place, message_id: str, *, on: bool) -> None:
        try:
            await self._platform.mark(source, message_id, Mark.QUEUED, on=on)
        except SendError as error:
            log.info("A message could not be marked: %s", error)
