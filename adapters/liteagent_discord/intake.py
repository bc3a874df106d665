"""What stands between Discord's gateway and everything else: all that comes is stored first."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from liteagent.approvals import Verb
from liteagent.chat.cards.buttons import verb_of
from liteagent.chat.inbound import Clicked, Commanded, Inbound, Said, Submitted
from liteagent.chat.places import PersonKind, Place
from liteagent.clock import Clock
from liteagent.errors import JournalUnavailableError, LiteAgentException
from liteagent.kernel import SendError
from liteagent.resilience import RetryConfig, backoff_delay
from liteagent_discord.cards import button, row
from liteagent_discord.events import conversation_of, inside, said
from liteagent_discord.interactions import (
    CLICK,
    COMMAND,
    SUBMIT,
    clicked,
    commanded,
    handle_of,
    submitted,
    user_of,
)
from liteagent_discord.platform import DiscordPlatform

WAITS = RetryConfig(initial_delay=0.1, max_delay=5.0)
MOST_TRIES = 4
"""Of a click: its person waits for an answer, and Discord for three seconds."""
MOST_ASKED, MOST_HEARD = 5, 10_000
OUTDATED = "This is of an older version of the app and does nothing any more."
AWAY = "This could not be stored just now, so nothing was done: do it again in a moment."
log = logging.getLogger(__name__)

Json = Mapping[str, Any]


class Checks(Protocol):
    """Says what is wrong with a form (`liteagent.chat.decisions.Decisions`)."""

    async def check(self, form: Submitted) -> dict[str, str]: ...


class Intake:
    """Stores what the gateway brings: messages one after the other in the order in which they
    come, interactions beside them.
    """

    def __init__(
        self,
        platform: DiscordPlatform,
        receive: Callable[[Inbound], Awaitable[object]],
        checks: Checks,
        clock: Clock,
    ) -> None:
        self._platform, self._receive = platform, receive
        self._checks, self._clock = checks, clock
        self._messages: asyncio.Queue[Json] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard: set[str] = set()
        """Channels of direct messages."""
        self.trouble = ""
        """Why nothing is stored; empty while all is well."""

    def message(self, message: Json) -> None:
        """A message came."""
        if message.get("guild_id") and "member" in message and "author" in message:
            self._platform.people.note(
                str(message["guild_id"]), message["author"], message["member"]
            )
        self._messages.put_nowait(message)

    def interaction(self, interaction: Json) -> None:
        """A click, a form or a command came."""
        if interaction.get("type") not in (COMMAND, CLICK, SUBMIT):
            return
        if interaction.get("guild_id") and "member" in interaction:
            self._platform.people.note(
                str(interaction["guild_id"]), user_of(interaction), interaction["member"]
            )
        self._platform.answers.expect(handle_of(interaction))
        task = asyncio.create_task(self._take(interaction))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def run(self) -> None:
        """Store messages, until cancelled. Discord sends nothing again: one that cannot be stored
        is tried until it is, and the others wait behind it.
        """
        try:
            while True:
                item = await self._said(await self._messages.get())
                if item is not None:
                    for earlier in await self._unheard(item):
                        await self._store(earlier)
                    await self._store(item)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- messages

    async def _said(self, message: Json) -> Said | None:
        """The message if it can be for us: in a channel that is no thread, only a mention is."""
        place = await self._place_of(message)
        item = None if place is None else said(message, self._platform.account, place)
        if item is None or item.person.kind is PersonKind.SELF:
            return None
        return item if item.source == item.place or item.mentions_us else None

    async def _place_of(self, message: Json) -> Place | None:
        """Where it stands, for which Discord is asked where a channel is new; None where it does
        not tell: a look back finds what is left out.
        """
        guild, channel = str(message.get("guild_id") or ""), str(message["channel_id"])
        tries = 0
        while True:
            try:
                return await self._platform.channels.place(guild, channel)
            except SendError as error:
                tries += 1
                if error.permanent or tries == MOST_ASKED:
                    log.warning("A message in the channel %s is left out: %s", channel, error)
                    return None
                await self._clock.sleep(error.retry_after or backoff_delay(tries, WAITS))
            except JournalUnavailableError:
                tries += 1
                await self._clock.sleep(backoff_delay(tries, WAITS))

    async def _unheard(self, item: Said) -> Sequence[Said]:
        """What came before the first direct message of somebody's that this process hears."""
        if not item.place.direct or item.place.channel in self._heard:
            return ()
        if len(self._heard) >= MOST_HEARD:
            self._heard.clear()
        self._heard.add(item.place.channel)
        try:
            return await self._platform.unheard(item)
        except (SendError, JournalUnavailableError) as error:
            log.warning("It cannot be told what %s wrote before: %s", item.person.id, error)
            return ()

    async def _store(self, item: Said) -> None:
        tries = 0
        while True:
            try:
                await self._receive(item)
            except JournalUnavailableError as error:
                tries += 1
                waiting = self._messages.qsize() + 1
                self.trouble = f"Messages wait for the journal ({waiting}): {error}"
                await self._clock.sleep(backoff_delay(tries, WAITS))
            else:
                self.trouble = ""
                return

    # -- interactions

    async def _take(self, interaction: Json) -> None:
        answers, handle = self._platform.answers, handle_of(interaction)
        item = commanded(interaction) or clicked(interaction) or submitted(interaction)
        try:
            if isinstance(item, Commanded) and "type" not in inside(interaction, "channel"):
                item = await self._placed(item)
            if item is None:
                await answers.tell(handle, OUTDATED)
            elif not (isinstance(item, Submitted) and await self._complain(item)):
                await self._store_soon(item)
                if not _opens_form(item):
                    await answers.defer(handle)
        except JournalUnavailableError as error:
            log.warning("A click or a command was not stored: %s", error)
            await self._quietly(answers.tell(handle, AWAY))
        except LiteAgentException as error:
            log.warning("An interaction was not answered: %s", error)
        except Exception:  # the boundary: whatever is wrong with one interaction
            log.exception("An interaction broke")

    async def _placed(self, item: Commanded) -> Commanded:
        """A command of which Discord did not tell whether it was given in a thread."""
        try:
            place = await self._platform.channels.place(item.place.team, item.place.channel)
        except SendError as error:
            log.warning("A command is taken for one outside of threads: %s", error)
            return item
        return replace(item, place=place, conversation=conversation_of(place))

    async def _complain(self, form: Submitted) -> bool:
        """Tell what is wrong with a form, which is not stored then: Discord shows nothing in the
        form itself, so that it has to be opened again.
        """
        errors = await self._checks.check(form)
        if not errors:
            self._platform.typed.forget(form)
            return False
        self._platform.typed.keep(form)
        wrong = "\n".join(f"- {name} {problem}" for name, problem in errors.items())
        text = f"Nothing was decided:\n{wrong}"
        again = [row(button(form.value, "Open the form again"))]
        return await self._platform.answers.tell(form.handle, text, again)

    async def _store_soon(self, item: Inbound) -> None:
        """Raises `JournalUnavailableError` when its person has waited for too long."""
        for tries in range(1, MOST_TRIES + 1):
            try:
                await self._receive(item)
            except JournalUnavailableError:
                if tries == MOST_TRIES:
                    raise
                await self._clock.sleep(backoff_delay(tries, WAITS))
            else:
                return

    async def _quietly(self, work: Awaitable[object]) -> None:
        try:
            await work
        except SendError as error:
            log.info("Nobody could be told: %s", error)


def _opens_form(item: Inbound) -> bool:
    """Whether the first answer has to be a form: it can be given once."""
    return isinstance(item, Clicked) and verb_of(item.value) not in (None, Verb.APPROVE)
