"""The channel in which the requests for approval of all agents are shown."""

from __future__ import annotations

import asyncio

from liteagent.chat.budget import Urgency
from liteagent.chat.cards.draw import whole_text
from liteagent.chat.followers.sender import (
    AGAIN_SECONDS,
    CardSource,
    brings_arguments,
    card_key,
    card_now,
    is_settling,
    reminder_sentence,
)
from liteagent.chat.followers.session import bring
from liteagent.chat.places import Place
from liteagent.chat.posts import Posts
from liteagent.errors import JournalUnavailableError
from liteagent.events import Event
from liteagent.kernel import Outbox, SendError

APPROVAL_EVENTS = frozenset(
    {"approval.requested", "approval.decided", "approval.expired", "approval.reminded"}
)


class ApprovalsSender:
    """Shows requests for approval in one channel, as an outbox hands over their events. One that
    was settled before it got there is not shown.
    """

    idempotent = True

    def __init__(self, posts: Posts, cards: CardSource, place: Place) -> None:
        self._posts, self._cards, self._place = posts, cards, place
        self._finished: dict[int, str] = {}

    async def send(self, key: str, event: Event) -> str:
        """Show the request as it is now; the id of its message, if it has one."""
        try:
            return await self._show(event)
        except JournalUnavailableError as error:
            raise SendError(
                "The journal is away.", retry_after=AGAIN_SECONDS, may_have_arrived=True
            ) from error

    async def settled(self, seq: int) -> None:
        """The delivery of this event has ended: nothing more is asked of its message."""
        key = self._finished.pop(seq, None)
        if key is not None:
            await self._posts.forget(key)

    async def _show(self, event: Event) -> str:
        approval_id = event.data["approval_id"]
        card = await card_now(self._cards, approval_id)
        key = f"{card_key(approval_id)}@{self._place.channel}"
        if card is None:
            return ""
        if not card.buttons and not await self._posts.is_begun(self._place, key):
            return ""
        reminds = event.type == "approval.reminded" and bool(card.buttons)
        ids = await self._posts.show(
            self._place,
            key,
            [card],
            Urgency.DECISION,
            is_sure=reminds,
            revive=bool(card.buttons),
        )
        if is_settling(event):
            self._finished[event.seq] = key
        elif card.whole and brings_arguments(event):
            below = self._finished[event.seq] = f"{key}!{event.seq}"
            await self._posts.show_text(self._place, below, whole_text(card))
        if reminds:
            text = reminder_sentence(card)
            ids = await self._posts.show_text(self._place, f"{key}!{event.seq}", text)
        return ids[0]


class ApprovalsCatchUp:
    """Brings the requests of one session to the channel, as far as its journal is written."""

    def __init__(
        self,
        outbox: Outbox,
        sender: ApprovalsSender,
        few: asyncio.Semaphore,
        *,
        entity: str,
        since: float,
    ) -> None:
        self.entity, self.since = entity, since
        self._outbox, self._sender, self._few = outbox, sender, few

    async def run(self) -> None:
        """Deliver what there is."""
        await bring(self._outbox, self.entity, self._sender, self._few)
