"""Tells somebody that they are not served: once."""

from __future__ import annotations

from liteagent.chat.account import Account
from liteagent.chat.forgetting import forget_page, keep_forgetting
from liteagent.chat.inbound import Commanded, Said
from liteagent.chat.places import Person, PersonKind

TOLD_SECONDS = 30 * 86400.0
"""After which somebody who still asks is told again."""


class Refusals:
    """What was refused to whom, in the journal."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._collection = f"chat-refused/{account.name}"

    async def tell(self, item: Said | Commanded, person: Person, sentence: str) -> None:
        """Tell a person once in each conversation, another bot once in each channel: every answer
        may make it say something again. A slash command is always answered.
        """
        if isinstance(item, Commanded):
            await self._account.tell(item.place, person, sentence, item.handle)
            return
        is_bot = person.kind is PersonKind.BOT
        where = f"{item.source.team}:{item.source.channel}" if is_bot else item.conversation
        key = f"{where} {person.id}"
        if await self._account.journal.get_record(self._collection, key) is not None:
            return
        await self._account.tell(item.source, person, sentence)
        now = self._account.clock.now()
        await self._account.journal.put_record(self._collection, key, {"ts": now})

    async def keep_forgetting(self) -> None:
        """Forget who was told long ago, slowly, until cancelled. Raises
        `JournalUnavailableError`.
        """
        journal = self._account.journal

        async def forget(after: str, before_ts: float) -> str:
            return await forget_page(journal, self._collection, after, before_ts)

        await keep_forgetting(forget, TOLD_SECONDS, self._account.clock)
