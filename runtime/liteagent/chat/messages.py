"""From a message to the session of its conversation."""

from __future__ import annotations

from collections.abc import Callable

from liteagent.agents import SESSION, NewSession
from liteagent.chat.account import Account
from liteagent.chat.attachments import with_files
from liteagent.chat.bindings import Binding
from liteagent.chat.commands import Asked
from liteagent.chat.earlier import earlier
from liteagent.chat.inbound import Said
from liteagent.chat.marks import QueuedMarks
from liteagent.chat.offers import Offers
from liteagent.chat.places import Person
from liteagent.chat.rules import Answer, judge
from liteagent.errors import SessionBusyError
from liteagent.ids import entity_id
from liteagent.kernel import SendError

TITLE = 80
"""Characters of a message that name its thread."""
BUSY = (
    "I am busy with the message before this one, and take one at a time: say it again when I am"
    " done, or `!stop` me."
)
Follow = Callable[[Binding], None]


class Messages:
    """Hands messages on to sessions. Every step may be made again."""

    def __init__(
        self, account: Account, *, follow: Follow, marks: QueuedMarks, offers: Offers
    ) -> None:
        """`follow` sees to it that the session of a binding is shown in its conversation."""
        self._account, self._follow = account, follow
        self._marks, self._offers = marks, offers

    async def take(self, said: Said, person: Person) -> None:
        """Send a message to the agent, or offer it where it came long ago. `person` is who said
        it, complete.
        """
        binding = await self._bound(said)
        if self._offers.is_due(said, binding.agent):
            await self._account.platform.open(said.place, _title(said))
            await self._offers.add(said)
        else:
            await self._send(said, person, binding)

    async def catch_up(self, asked: Asked) -> int:
        """Take up what is offered in a conversation, each message in the name of who said it; how
        many there were.
        """
        offered = await self._offers.get(asked.conversation)
        taken: list[Said] = []
        refused: SendError | None = None
        for said in offered:
            try:
                await self._take_up(said)
            except SendError as error:
                if not error.permanent:
                    raise
                refused = error  # somebody who is not there any more keeps no other waiting
            else:
                taken.append(said)
        if taken:
            await self._offers.settle(asked.conversation, taken, asked.place)
        if refused is not None:
            raise refused
        return len(taken)

    async def _take_up(self, said: Said) -> None:
        person = await self._account.person(said.person, said.source)
        verdict = judge(said, bound=True, person=person, settings=self._account.settings)
        if isinstance(verdict, Answer):
            await self._send(said, person, await self._bound(said))

    async def _send(self, said: Said, person: Person, binding: Binding) -> None:
        account, session_id = self._account, binding.session_id
        row = await account.journal.head(entity_id(SESSION, session_id))
        new = NewSession(agent=binding.agent)
        if row is None:
            await account.platform.open(said.place, _title(said))
            new = NewSession(agent=binding.agent, history=await earlier(account, said))
        try:
            receipt = await account.sessions.send(
                session_id,
                await with_files(account.platform, said.text, said.files),
                principal=account.principal(person),
                key=said.id,
                create_with=new,
            )
        except SessionBusyError:
            await account.tell(said.source, person, BUSY)
            return
        self._follow(binding)
        if self._marks.has_to_wait(row):
            await self._marks.queued(receipt, said)

    async def _bound(self, said: Said) -> Binding:
        account = self._account
        bound = await account.bindings.get(said.conversation)
        if bound is not None:
            return bound
        agent = account.agent_in(said.source, said.place)
        account.sessions.agents.get(agent)  # one that is not there is told of before it is bound
        return await account.bindings.bind(
            said.conversation,
            agent=agent,
            place=said.place,
            person_id=said.person.id,
            since=said.order,
            ts=account.clock.now(),
        )


def _title(said: Said) -> str:
    """A name for the thread that the answer opens."""
    line = " ".join(said.text.split()) or "Conversation"
    return line if len(line) <= TITLE else f"{line[: TITLE - 1]}…"
