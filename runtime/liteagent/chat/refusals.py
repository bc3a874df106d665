"""Tells somebody that they are not served: once."""

from __future__ import annotations

from liteagent.chat.account import Account
from liteagent.chat.inbound import Commanded, Said
from liteagent.chat.places import Person, PersonKind


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
