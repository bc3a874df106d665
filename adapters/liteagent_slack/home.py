"""The App Home: what waits for this person, and what runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from liteagent.chat.cards.card import Card
from liteagent.chat.inbox import ChatInbox
from liteagent.chat.places import Person
from liteagent.clock import Clock
from liteagent.ids import split_entity
from liteagent.journal import HeadQuery, HeadRow, Journal
from liteagent_slack.account import Account
from liteagent_slack.cards import card_blocks, date
from liteagent_slack.markup import escaped
from liteagent_slack.settings import NAME
from liteagent_slack.web import SlackWeb

MOST_CARDS, MOST_SESSIONS = 8, 15
LOOK_SECONDS, MOST_LOOKS = 0.25, 40
"""How often, and how many times, it is looked whether a decision made here was taken."""

Block = dict[str, Any]


class Inbox(Protocol):
    """Tells what somebody may decide (`liteagent.chat.decisions.Decisions`)."""

    async def pending_for(self, person: Person) -> list[Card]: ...


class Home:
    """Draws the Home of whoever opens it."""

    def __init__(
        self, web: SlackWeb, account: Account, inbox: Inbox, journal: Journal, clock: Clock
    ) -> None:
        self._web, self._account, self._inbox, self._journal = web, account, inbox, journal
        self._clock = clock
        self._received = ChatInbox(journal, NAME)

    async def show(self, user: str) -> None:
        """Publish it as things stand. Raises `SlackError`."""
        person = Person(id=user, team=self._account.team)
        cards = await self._inbox.pending_for(person)
        running = await self._journal.heads(
            HeadQuery(kind="session", status="running", limit=MOST_SESSIONS * 4)
        )
        blocks = [*_waiting(cards), {"type": "divider"}, *self._running(running.items)]
        await self._web.call("views.publish", user_id=user, view={"type": "home", "blocks": blocks})

    async def show_after(self, user: str, id: str) -> None:
        """Publish it anew once what came in as `id` was handled, by whichever process."""
        for _ in range(MOST_LOOKS):
            if await self._received.is_seen(id):
                break
            await self._clock.sleep(LOOK_SECONDS)
        await self.show(user)

    def _running(self, rows: Sequence[HeadRow]) -> list[Block]:
        lines = [line for line in map(self._line, rows) if line][:MOST_SESSIONS]
        return [_header("What runs now"), _text("\n".join(lines) or "Nothing.")]

    def _line(self, row: HeadRow) -> str:
        """A session in a channel of this workspace; what is said in private stays there."""
        parts = split_entity(row.entity)[1].partition("~")[0].split(":")
        if len(parts) != 3 or parts[0] != self._account.team or parts[1].startswith("D"):
            return ""
        return f"• *{escaped(row.head.agent)}* in <#{parts[1]}>, since {date(row.updated_at)}"


def _waiting(cards: Sequence[Card]) -> list[Block]:
    blocks = [_header("Waiting for you")]
    if not cards:
        return [*blocks, _text("Nothing waits for your decision.")]
    for card in cards[:MOST_CARDS]:
        blocks += card_blocks(card)
    if len(cards) > MOST_CARDS:
        blocks.append(_text(f"… and {len(cards) - MOST_CARDS} more."))
    return blocks


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


def _text(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}
