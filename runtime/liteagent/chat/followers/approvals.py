"""The channel in which the requests for approval of all agents are shown."""

from __future__ import annotations

from liteagent.chat.budget import Urgency
from liteagent.chat.cards.draw import whole_text
from liteagent.chat.followers.sender import (
    CardSource,
    brings_arguments,
    card_key,
    card_now,
    is_settling,
    reminder_sentence,
)
from liteagent.chat.followers.sending import PostsSender
from liteagent.chat.followers.session import bring
from liteagent.chat.followers.slots import Slots
from liteagent.chat.places import Place
from liteagent.chat.posts import Posts
from liteagent.events import Event
from liteagent.kernel import Outbox

APPROVAL_EVENTS = frozenset(
    {"approval.requested", "approval.decided", "approval.expired", "approval.reminded"}
)


class ApprovalsSender(PostsSender):
    """Shows requests for approval in one channel as they are now. One that was settled before it
    got there is not shown.
    """

    def __init__(self, posts: Posts, cards: CardSource, place: Place) -> None:
        super().__init__(posts)
        self._cards, self._place = cards, place

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
        few: Slots,
        *,
        entity: str,
        since: float,
    ) -> None:
        self.entity, self.since = entity, since
        self._outbox, self._sender, self._few = outbox, sender, few

    async def run(self) -> None:
        """Deliver what there is."""
        await bring(self._outbox, self.entity, self._sender, self._few)
