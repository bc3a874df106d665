"""What people tell the chat service itself: `!stop`, `/agent status`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Protocol

from liteagent.chat.account import Account
from liteagent.chat.cards.card import Card
from liteagent.chat.places import Person, Place
from liteagent.chat.rules import COMMANDS
from liteagent.chat.standing import standing
from liteagent.errors import AgentNotFoundError

MOST_CARDS = 20
HELP = """\
Say what you want, and I answer here. Besides, at the beginning of a message:
- `!stop` ends what I am doing here
- `!status` tells how things stand here
- `!agent` lists the agents, `!agent NAME` lets another one go on here
- `!approvals` lists what you may decide
- `!catchup` lets me take up what came while I was away
- `!help` shows this"""


class Approvals(Protocol):
    """Who may decide what; see `Decisions`."""

    async def pending_for(self, person: Person) -> Sequence[Card]:
        """The open requests that this person may decide, oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who gives a command, and where."""

    id: str
    """The identity of what it came with: it may be carried out again after a crash."""
    conversation: str
    place: Place
    person: Person
    """Complete."""
    order: str = ""
    """Of the message that is the command."""

    @property
    def is_conversation(self) -> bool:
        """Whether an agent may be bound there: a slash command may stand in a channel itself."""
        return self.place.direct or bool(self.place.thread or self.place.parent)


class Commands:
    """Carries commands out. The answer is for the person who gave the command."""

    def __init__(
        self,
        account: Account,
        approvals: Approvals,
        catch_up: Callable[[Asked], Awaitable[int]],
    ) -> None:
        """`catch_up` takes up what is offered in a conversation; how many messages that was."""
        self._account, self._approvals, self._catch_up = account, approvals, catch_up

    async def run(self, name: str, argument: str, asked: Asked) -> str:
        """The answer, as Markdown; empty when everybody was shown it."""
        match name:
            case "stop":
                return await self._stop(asked)
            case "status":
                return await self._status(asked)
            case "agent" if argument:
                return await self._switch(argument.strip("`"), asked)
            case "agent":
                return await self._agents(asked)
            case "approvals":
                return await self._pending(asked)
            case "catchup":
                return await self._catchup(asked)
            case "hint":
                near = get_close_matches(argument, COMMANDS, n=1, cutoff=0.0)[0]
                return f"I know no `!{argument}`: did you mean `!{near}`? `!help` lists them all."
            case _:
                return HELP

    async def _stop(self, asked: Asked) -> str:
        """Anybody who may chat here may stop what runs here, whoever asked for it: as with an
        emergency stop, it matters more that somebody can than who it is, and the journal says who.
        """
        binding = await self._account.bindings.get(asked.conversation)
        if binding is None:
            return _nothing_here(asked)
        principal = self._account.principal(asked.person)
        sessions = self._account.sessions
        if not await sessions.cancel(binding.session_id, principal=principal, key=asked.id):
            return "Nothing is going on here."
        left = (await standing(sessions, binding.session_id)).queued
        if not left:
            return ""  # everybody is shown that it was stopped, and by whom
        return f"Messages that still wait: {left}. `!stop` again ends the next one too."

    async def _status(self, asked: Asked) -> str:
        binding = await self._account.bindings.get(asked.conversation)
        if binding is None:
            return f"`{self._account.agent_in(asked.place)}` answers here. {_nothing_here(asked)}"
        found = await standing(self._account.sessions, binding.session_id)
        return f"`{binding.agent}` answers here. {found.sentence}"

    async def _agents(self, asked: Asked) -> str:
        current = await self._agent(asked)
        lines = [
            f"- `{spec.name}`{f': {spec.purpose}' if spec.purpose else ''}"
            f"{' (answers here)' if spec.name == current else ''}"
            for spec in self._account.sessions.agents.all()
        ]
        return "\n".join([*lines, "`!agent NAME` lets another one go on."])

    async def _switch(self, name: str, asked: Asked) -> str:
        account = self._account
        try:
            account.sessions.agents.get(name)
        except AgentNotFoundError as error:
            return str(error)
        if not asked.is_conversation:
            return (
                f"Here is no conversation yet: mention me, and say `!agent {name}` in its thread."
            )
        before = await account.bindings.get(asked.conversation)
        binding = await account.bindings.switch(asked.conversation, name)
        if binding is None:
            binding = await account.bindings.bind(
                asked.conversation,
                agent=name,
                place=asked.place,
                person_id=asked.person.id,
                since=asked.order,
                ts=account.clock.now(),
            )
            await account.platform.open(asked.place, f"Conversation with {name}")
        # shown once, by the process that comes after one that died here too
        await account.show(asked.place, f"switch:{binding.session_id}", f"`{name}` answers here.")
        again = before is not None and before.agent == name
        return f"`{name}` answers here already." if again else ""

    async def _agent(self, asked: Asked) -> str:
        binding = await self._account.bindings.get(asked.conversation)
        return self._account.agent_in(asked.place) if binding is None else binding.agent

    async def _pending(self, asked: Asked) -> str:
        cards = await self._approvals.pending_for(asked.person)
        if not cards:
            return "There is nothing for you to decide."
        if asked.order and not asked.place.direct:  # others may read what is answered to a message
            return f"Requests that you may decide: {len(cards)}. `/agent approvals` lists them."
        lines = [f"- {card.title}, for {card.requester}" for card in cards[:MOST_CARDS]]
        if len(cards) > MOST_CARDS:
            lines.append(f"- and {len(cards) - MOST_CARDS} more")
        return "\n".join(["You may decide:", *lines])

    async def _catchup(self, asked: Asked) -> str:
        count = await self._catch_up(asked)
        return f"I take up {count}." if count else "Nothing is left to be taken up here."


def _nothing_here(asked: Asked) -> str:
    if asked.is_conversation:
        return "Nothing was said to me here yet."
    return "Here is no conversation: in its thread, say `!stop` or `!status`."
