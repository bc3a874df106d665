"""Which session a conversation of a platform is: a record without expiry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from liteagent.chat.places import Place
from liteagent.errors import ConflictError
from liteagent.events import Json
from liteagent.journal import Journal, Record

_NUMBER = re.compile(r"~([1-9][0-9]*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A conversation and its session."""

    conversation: str
    session_id: str
    """The conversation's own name, `T1:C1:1700000000.000100`; behind it `~2`, `~3` … once the agent
    was switched.
    """
    agent: str
    """Whom the next message goes to."""
    place: Place
    """Where answers go."""
    person_id: str
    """The platform's id of whoever began it."""
    since: str
    """The order of its first message; empty when a slash command began it."""
    created_at: float
    """Seconds since 1970."""

    def to_json(self) -> dict[str, Json]:
        return msgspec.to_builtins(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> Binding:
        return msgspec.convert(value, cls)


class Bindings:
    """The conversations of one platform, in the journal. Any process may use them."""

    def __init__(self, journal: Journal, platform_name: str) -> None:
        self._journal = journal
        self._collection = f"chat-bindings/{platform_name}"

    async def get(self, conversation: str) -> Binding | None:
        """The binding of a conversation, if it has one."""
        record = await self._journal.get_record(self._collection, conversation)
        return None if record is None else _binding(record)

    async def of_session(self, session_id: str) -> Binding | None:
        """The conversation that shows a session: the one it has now, or had before its agent was
        switched. `session_id` of what is returned is the one that was asked for.
        """
        if ":" not in session_id:  # as in every conversation's name, and in few others
            return None
        binding = await self.get(_NUMBER.sub("", session_id))
        if binding is None or number_of(session_id) > number_of(binding.session_id):
            return None
        return replace(binding, session_id=session_id)

    async def bind(
        self, conversation: str, *, agent: str, place: Place, person_id: str, since: str, ts: float
    ) -> Binding:
        """The binding of a conversation; made now unless there is one, which then stands."""
        new = Binding(
            conversation=conversation,
            session_id=conversation,
            agent=agent,
            place=place,
            person_id=person_id,
            since=since,
            created_at=ts,
        )
        try:
            await self.put(new, expected=0)
        except ConflictError:
            return await self.get(conversation) or new
        return new

    async def put(self, binding: Binding, *, expected: int | None = None) -> None:
        """Store a binding. Raises `ConflictError` where the record is not at version `expected`."""
        await self._journal.put_record(
            self._collection, binding.conversation, binding.to_json(), expected=expected
        )

    async def switch(self, conversation: str, agent: str) -> Binding | None:
        """Let another agent go on, in a new session; None when nothing is bound. With the agent
        that it has nothing changes.
        """
        while record := await self._journal.get_record(self._collection, conversation):
            old = _binding(record)
            if old.agent == agent:
                return old
            number = number_of(old.session_id) + 1
            new = replace(old, agent=agent, session_id=f"{conversation}~{number}")
            try:
                await self.put(new, expected=record.version)
            except ConflictError:
                continue
            return new
        return None


def number_of(session_id: str) -> int:
    """How many sessions the conversation had up to this one."""
    found = _NUMBER.search(session_id)
    return int(found[1]) if found else 1


def _binding(record: Record) -> Binding:
    return Binding.from_json(record.value)
