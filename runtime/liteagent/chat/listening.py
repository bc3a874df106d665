"""What becomes of what people say, and of what they ask by a slash command."""

from __future__ import annotations

import hashlib
from typing import assert_never

from liteagent.chat.account import Account
from liteagent.chat.commands import Asked, Commands
from liteagent.chat.inbound import Commanded, Said
from liteagent.chat.messages import Messages
from liteagent.chat.places import Person
from liteagent.chat.refusals import Refusals
from liteagent.chat.rules import (
    Answer,
    Command,
    Ignore,
    Refuse,
    Verdict,
    is_for_us,
    judge,
    refusal_of,
    slash_command,
)
from liteagent.chat.watermarks import Watermarks


class Listening:
    """Does what the rules say with what people say."""

    def __init__(
        self, account: Account, messages: Messages, commands: Commands, refusals: Refusals
    ) -> None:
        self._account, self._messages = account, messages
        self._watermarks = Watermarks(account.journal, account.name)
        self._commands, self._refusals = commands, refusals

    async def handle(self, said: Said) -> None:
        """Take up a message, whatever becomes of it."""
        account = self._account
        bound = await account.bindings.get(said.conversation) is not None
        if not is_for_us(said, bound=bound):
            return
        person = await account.person(said.person, said.source)
        verdict = judge(said, bound=bound, person=person, settings=account.settings)
        await self._act(said, person, verdict)
        if bound or isinstance(verdict, Answer):
            await self._watermarks.note(said.conversation, said.order)

    async def _act(self, said: Said, person: Person, verdict: Verdict) -> None:
        match verdict:
            case Answer():
                await self._messages.take(said, person)
            case Command(name=name, argument=argument):
                await self._command(said, person, name, argument)
            case Refuse(sentence=sentence):
                await self._refusals.tell(said, person, sentence)
            case Ignore():
                pass
            case _:
                assert_never(verdict)

    async def _command(self, said: Said, person: Person, name: str, argument: str) -> None:
        asked = Asked(
            id=said.id,
            conversation=said.conversation,
            place=said.place,
            person=person,
            order=said.order,
        )
        answer = await self._commands.run(name, argument, asked)
        if answer:
            await self._account.tell(said.source, person, answer)

    async def obey(self, item: Commanded) -> None:
        """Carry out a slash command, or take its text to an agent. It is always answered."""
        account = self._account
        person = await account.person(item.person, item.place)
        shared = not item.place.direct and await account.platform.is_shared(item.place)
        refusal = refusal_of(person, item.place, shared=shared, settings=account.settings)
        if refusal is not None:
            await self._refusals.tell(item, person, refusal.sentence)
            return
        command = slash_command(item.text)
        if command is None:
            answer = await self._ask(item, person)
        else:
            asked = Asked(
                id=item.id, conversation=item.conversation, place=item.place, person=person
            )
            answer = await self._commands.run(command.name, command.argument, asked)
        await account.tell(item.place, person, answer or "Done.", item.handle)

    async def _ask(self, item: Commanded, person: Person) -> str:
        key = hashlib.sha256(f"{self._account.name}/asked/{item.id}".encode()).hexdigest()[:32]
        conversation, place = await self._account.platform.begin(item.place, person, item.text, key)
        said = Said(
            id=item.id,
            order="",
            conversation=conversation,
            place=place,
            source=item.place,
            message_id="",
            person=person,
            text=item.text,
            ts=item.ts,
            mentions_us=True,
        )
        await self._messages.take(said, person)
        return "I answer in the thread." if place != item.place else "I am at it."
