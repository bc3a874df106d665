"""What becomes of one session's events in its conversation."""

from __future__ import annotations

from typing import Protocol

from liteagent.agents.commands import turn_key
from liteagent.chat.budget import Urgency
from liteagent.chat.cards.card import Card
from liteagent.chat.cards.draw import whole_text
from liteagent.chat.followers.sending import PostsSender
from liteagent.chat.followers.sentences import cancelled_sentence, failed_sentence
from liteagent.chat.live import Live, answer_key
from liteagent.chat.places import Place
from liteagent.chat.posts import Posts
from liteagent.errors import ApprovalNotFoundError
from liteagent.events import Event
from liteagent.journal import Journal

PAGE = 500


TYPES = frozenset(
    {
        "turn.started",
        "turn.failed",
        "turn.cancelled",
        "model.responded",
        "model.failed",
        "message.sent",
        "approval.requested",
        "approval.decided",
        "approval.expired",
        "approval.reminded",
    }
)
"""The events that a session's sender shows."""


class CardSource(Protocol):
    """Where the cards come from; see `Cards`."""

    async def card(self, approval_id: str) -> Card:
        """The card as it is now. Raises `ApprovalNotFoundError`."""
        ...


class Marks(Protocol):
    """Marks on messages that wait; see `QueuedMarks`."""

    async def begun(self, turn_id: str) -> None:
        """A turn has begun or ended: its message waits no longer."""
        ...


class SessionSender(PostsSender):
    """Shows the events of one session."""

    def __init__(
        self,
        journal: Journal,
        posts: Posts,
        cards: CardSource,
        marks: Marks,
        *,
        entity: str,
        session_id: str,
        place: Place,
        live: Live,
    ) -> None:
        super().__init__(posts)
        self._journal, self._cards, self._marks = journal, cards, marks
        self._entity, self._session_id, self._place = entity, session_id, place
        self._live = live

    async def _show(self, event: Event) -> str:
        match event.type:
            case "turn.started":
                return await self._begun(event)
            case "turn.failed":
                return await self._failed(event)
            case "turn.cancelled":
                return await self._cancelled(event)
            case "model.responded":
                return await self._responded(event)
            case "model.failed":
                return await self._model_failed(event)
            case "message.sent":
                return await self._sent(event)
            case "approval.reminded":
                return await self._reminded(event)
            case _:
                return await self._approval(event)

    # -- what the agent says

    async def _responded(self, event: Event) -> str:
        request, text = event.data["request"], event.data["text"]
        closing = not event.data.get("tool_calls")
        await self._live.hand_over(request, text, closing=closing)
        return await self._say(event, answer_key(self._session_id, request), text, closing=closing)

    async def _model_failed(self, event: Event) -> str:
        request = event.data["request"]
        await self._live.hand_over(request, "")
        await self._posts.clear(self._place, answer_key(self._session_id, request))
        return ""

    async def _sent(self, event: Event) -> str:
        if not event.data["text"].strip() or await self._was_said(event):
            return ""
        return await self._say(event, f"{self._session_id}!{event.seq}", event.data["text"])

    async def _was_said(self, event: Event) -> bool:
        """Whether a `model.responded` of the turn said the same."""
        turn_id = event.data["turn_id"]
        found = await self._journal.locate(turn_key(turn_id), entity=self._entity)
        after = 0 if found is None else found[1]
        while after < event.seq:
            page = await self._journal.read(self._entity, after=after, limit=PAGE)
            for each in page:
                said = each.type == "model.responded" and each.data["turn_id"] == turn_id
                if said and each.data["text"] == event.data["text"]:
                    return True
            after = page[-1].seq if page else event.seq
        return False

    # -- how a turn goes

    async def _begun(self, event: Event) -> str:
        await self._marks.begun(event.data["turn_id"])
        return ""

    async def _failed(self, event: Event) -> str:
        await self._begun(event)
        key = f"{self._session_id}!{event.seq}"
        return await self._say(event, key, failed_sentence(event.data["error"]))

    async def _cancelled(self, event: Event) -> str:
        await self._begun(event)
        return await self._say(
            event, f"{self._session_id}!{event.seq}", cancelled_sentence(event.data)
        )

    async def _say(self, event: Event, key: str, text: str, *, closing: bool = False) -> str:
        self._finished[event.seq] = key
        ids = await self._posts.show_text(self._place, key, text, closing=closing)
        return ids[0] if ids else ""

    # -- what people are asked

    async def _approval(self, event: Event) -> str:
        approval_id = event.data["approval_id"]
        card = await card_now(self._cards, approval_id)
        if card is None:
            return ""
        key = card_key(approval_id)
        ids = await self._posts.show(
            self._place, key, [card], Urgency.DECISION, revive=bool(card.buttons)
        )
        if is_settling(event):
            self._finished[event.seq] = key
        elif card.whole and brings_arguments(event):
            await self._say(event, f"{key}!{event.seq}", whole_text(card))
        return ids[0]

    async def _reminded(self, event: Event) -> str:
        approval_id = event.data["approval_id"]
        card = await card_now(self._cards, approval_id)
        if card is None or not card.buttons:
            return ""
        await self._posts.show(
            self._place, card_key(approval_id), [card], Urgency.DECISION, is_sure=True
        )
        return await self._say(event, f"{self._session_id}!{event.seq}", reminder_sentence(card))


def card_key(approval_id: str) -> str:
    """The key of a card's message in the conversation that raised it."""
    return f"card:{approval_id}"


async def card_now(cards: CardSource, approval_id: str) -> Card | None:
    """The card as it is now; None when its session is gone."""
    try:
        return await cards.card(approval_id)
    except ApprovalNotFoundError:
        return None


def is_settling(event: Event) -> bool:
    """Whether nothing changes about the request after this event."""
    if event.type == "approval.expired":
        return True
    return event.type == "approval.decided" and bool(event.data.get("final", True))


def brings_arguments(event: Event) -> bool:
    """Whether people see with this event for the first time what they are to consent to."""
    return event.type == "approval.requested" or event.data.get("decision") == "edit"


def reminder_sentence(card: Card) -> str:
    """What stands below a card that nobody decides."""
    return f"Still open: {card.title}. {card.rule}"
