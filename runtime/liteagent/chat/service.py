"""The chat core over one account: what comes in, what is decided, what goes out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self, assert_never

from liteagent.agents import Sessions
from liteagent.agents.chat_settings import ChatSettings
from liteagent.chat.account import Account
from liteagent.chat.adapter import find_no_tool
from liteagent.chat.backfill import Backfill
from liteagent.chat.budget import Budget
from liteagent.chat.cards.buttons import Buttons
from liteagent.chat.cards.draw import Cards
from liteagent.chat.commands import Commands
from liteagent.chat.decisions import Decisions
from liteagent.chat.door import ChatDoor
from liteagent.chat.followers import Followers
from liteagent.chat.inbound import Clicked, Commanded, Inbound, Said, Submitted
from liteagent.chat.inbox import ChatInbox, Pending
from liteagent.chat.intake import Intake
from liteagent.chat.listening import Listening
from liteagent.chat.marks import QueuedMarks
from liteagent.chat.messages import Messages
from liteagent.chat.offers import FindTool, Offers
from liteagent.chat.platform import Platform
from liteagent.chat.posts import Posts
from liteagent.chat.refusals import Refusals
from liteagent.chat.worker import Worker
from liteagent.clock import Clock, SystemClock
from liteagent.errors import JournalUnavailableError, LiteAgentException
from liteagent.journal import NO_CRASH, CrashPoints
from liteagent.kernel import Liveness, ProcessOwnership

log = logging.getLogger(__name__)

AGAIN_SECONDS = 2.0
"""Until something that broke is begun again."""


class ChatService:
    """Serves one account: `async with ChatService(…) as chat:`, then `chat.receive(item)` for
    whatever comes in. Several may serve one account; then a conversation's messages keep their
    order only as long as one of them receives them.
    """

    def __init__(
        self,
        platform: Platform,
        sessions: Sessions,
        *,
        default_agent: str,
        settings: ChatSettings | None = None,
        find_tool: FindTool = find_no_tool,
        clock: Clock | None = None,
        liveness: Liveness | None = None,
        crash: CrashPoints = NO_CRASH,
    ) -> None:
        """`default_agent` answers where the settings name nobody. `find_tool` looks tools up, for
        forms and to tell agents that do something from those that only talk.
        """
        self._clock = clock = clock or SystemClock()
        self._find_tool, self._crash = find_tool, crash
        self._liveness = liveness = liveness or ProcessOwnership()
        journal = sessions.runtime.journal
        self.posts = Posts(journal, platform, Budget(platform.limits, clock), crash=crash)
        self.account = Account(
            platform,
            sessions,
            self.posts,
            default_agent=default_agent,
            settings=settings or ChatSettings(),
            clock=clock,
        )
        self.inbox = ChatInbox(journal, platform.name, crash=crash)
        self.door = ChatDoor(
            journal,
            platform.name,
            clock,
            arrived=self._arrived,
            by=liveness.name,
            crash=crash,
        )
        self.marks = QueuedMarks(platform, sessions)
        self._backfill = Backfill(self.account, self.door.receive)
        worker = Worker(self.inbox, self._handle, self._gave_up, clock=clock, crash=crash)
        self._intake = Intake(self.inbox, worker.work, clock, liveness)
        self._tasks: list[asyncio.Task[None]] = []
        self._decisions: Decisions | None = None
        self._listening: Listening | None = None
        self._followers: Followers | None = None

    @property
    def decisions(self) -> Decisions:
        """What cards and forms decide, once the service has begun."""
        assert self._decisions is not None, "the service has not begun"
        return self._decisions

    @property
    def open_lanes(self) -> int:
        """How many conversations, clicks, forms and commands are being handled or wait."""
        return self._intake.open_lanes

    # -- what an adapter calls

    async def receive(self, item: Inbound) -> None:
        """Store what came in; only then may the platform be told that it arrived. Raises
        `JournalUnavailableError`: nothing is stored, and the platform must send it again.
        """
        await self.door.receive(item)

    def reconnected(self) -> None:
        """Events may have been missed: look back."""
        self._backfill.ask()

    async def run(self) -> None:
        """Serve until cancelled."""
        async with self:
            await asyncio.gather(*self._tasks)

    # -- coming and going

    async def __aenter__(self) -> Self:
        account = self.account
        buttons = await Buttons.open(account.journal, account.name)
        self._decisions = decisions = Decisions(
            account.approvals,
            account.platform,
            account.people,
            buttons,
            find_tool=self._find_tool,
            clock=self._clock,
        )
        self._followers = followers = self._make_followers(Cards(account.approvals, buttons))
        offers = Offers(account, self._find_tool)
        messages = Messages(account, follow=followers.follow, marks=self.marks, offers=offers)
        commands = Commands(account, decisions, messages.catch_up)
        refusals = Refusals(account)
        self._listening = Listening(account, messages, commands, refusals)
        loops = (
            followers.run,
            self._intake.look,
            self._intake.forget,
            refusals.keep_forgetting,
            self._backfill.run,
            self._backfill.keep_time,
        )
        self._tasks = [asyncio.create_task(self._supervise(loop)) for loop in loops]
        return self

    def _make_followers(self, cards: Cards) -> Followers:
        return Followers(
            self.account.sessions.runtime,
            self.posts,
            self.account.bindings,
            cards,
            self.marks,
            clock=self._clock,
            approvals=self.account.approvals_place,
            liveness=self._liveness,
            crash=self._crash,
        )

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let what is being handled end; the rest is handled when somebody serves again."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._intake.close()

    async def _supervise(self, loop: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await loop()
            except JournalUnavailableError as error:
                log.warning("The journal is away: %s", error)
            except Exception:  # the boundary: nothing of this may end unseen
                log.exception("Serving %s broke, and is begun again", self.account.name)
            await self._clock.sleep(AGAIN_SECONDS)

    # -- what comes in

    def _arrived(self, pending: Pending) -> None:
        if not (isinstance(pending.item, Said) and pending.item.late):
            self._backfill.heard(pending.received_at)
        if self._tasks:
            self._intake.put(pending)

    async def _handle(self, item: Inbound) -> None:
        listening, followers = self._listening, self._followers
        assert listening is not None
        assert followers is not None
        match item:
            case Said():
                await listening.handle(item)
            case Clicked():
                await self.decisions.press(item)
                followers.look()
            case Submitted():
                await self.decisions.submit(item)
                followers.look()
            case Commanded():
                await listening.obey(item)
            case _:
                assert_never(item)

    async def _gave_up(self, item: Inbound, cause: Exception) -> None:
        why = str(cause) if isinstance(cause, LiteAgentException) else "Something broke over it."
        text = f"I could not take this up, and gave up trying. {why}"
        place = item.source if isinstance(item, Said) else item.place
        handle = None if isinstance(item, Said) else item.handle
        await self.account.tell(place, item.person, text, handle)
