"""From a message to the session of its conversation."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from liteagent.agents import NewSession, Receipt
from liteagent.chat.account import Account
from liteagent.chat.bindings import Binding
from liteagent.chat.inbound import Said
from liteagent.chat.places import Person
from liteagent.chat.rules import Answer, Command, Ignore, Refuse, is_for_us, judge
from liteagent.errors import SessionBusyError

TITLE = 80
"""Characters of a message that name its thread."""


class Messages:
    """Takes up what people say. Every step may be made again."""

    def __init__(self, account: Account, *, follow: Callable[[Binding], None]) -> None:
        """`follow` sees to it that the session of a binding is shown in its conversation."""
        self._account, self._follow = account, follow

    async def handle(self, said: Said) -> None:
        """Do what the rules say with a message."""
        binding = await self._account.bindings.get(said.conversation)
        bound = binding is not None
        if not is_for_us(said, bound=bound):
            return
        person = await self._account.person(said.person, said.source)
        verdict = judge(said, bound=bound, person=person, settings=self._account.settings)
        match verdict:
            case Answer():
                await self.send(said, person)
            case Refuse() | Command():
                pass
            case Ignore():
                pass
            case _:
                assert_never(verdict)

    async def send(self, said: Said, person: Person) -> Receipt | None:
        """Hand a message to its session, which is made if need be; None when it takes none now,
        which the person was told.
        """
        binding = await self._bound(said)
        self._follow(binding)
        try:
            return await self._account.sessions.send(
                binding.session_id,
                said.text,
                principal=self._account.principal(person),
                key=said.id,
                create_with=NewSession(agent=binding.agent),
            )
        except SessionBusyError:
            await self._account.tell(said.place, person, BUSY)
            return None

    async def _bound(self, said: Said) -> Binding:
        account = self._account
        agent = account.agent_in(said.source, said.place)
        account.sessions.agents.get(agent)  # an unknown one is told of before anything is made
        binding = await account.bindings.bind(
            said.conversation,
            agent=agent,
            place=said.place,
            person_id=said.person.id,
            since=said.order,
            ts=account.clock.now(),
        )
        if binding.since == said.order:
            await account.platform.open(said.place, _title(said))
        return binding


BUSY = (
    "I am still busy with the message before this one, and take one at a time: say it again when I"
    " am done, or `!stop` me."
)


def _title(said: Said) -> str:
    """A name for the thread that the answer opens."""
    line = " ".join(said.text.split()) or "Conversation"
    return line if len(line) <= TITLE else f"{line[: TITLE - 1]}…"
