"""Sessions: what the doors (HTTP, chat, command line) do with conversations, over any `Runtime`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from difflib import get_close_matches

from liteagent.agents.commands import turn_key
from liteagent.agents.env import AgentDirectory
from liteagent.agents.session import SESSION
from liteagent.errors import SessionNotFoundError, ValidationError
from liteagent.events import Event, Json
from liteagent.ids import Ids, RandomIds, entity_id, split_entity
from liteagent.journal import HeadQuery, HeadRow
from liteagent.kernel import Frame, Reply, Runtime
from liteagent.principal import Principal

TURN_ENDS = frozenset({"turn.completed", "turn.failed", "turn.cancelled"})
MAX_FORK_EVENTS = 100_000
PAGE = 1000
ALMOST = 0.75
"""How like its own a name is to be for a session to be suggested; generated ids begin alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """How to make a session; see `Sessions.create`."""

    agent: str
    metadata: Mapping[str, Json] | None = None
    history: Sequence[Mapping[str, Json]] = ()
    client_tools: Sequence[Mapping[str, Json]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A message is stored: where, and in which turn it will be answered."""

    session_id: str
    turn_id: str
    message_id: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a listing, as JSON; `next` is None on the last."""

    items: tuple[Mapping[str, Json], ...]
    next: str | None


class Sessions:
    """The conversations of one runtime."""

    def __init__(self, runtime: Runtime, agents: AgentDirectory, ids: Ids | None = None) -> None:
        self.runtime, self.agents = runtime, agents
        self._ids = ids or RandomIds()

    # -- talking

    async def create(
        self,
        agent: str,
        *,
        principal: Principal,
        session_id: str | None = None,
        metadata: Mapping[str, Json] | None = None,
        history: Sequence[Mapping[str, Json]] = (),
        client_tools: Sequence[Mapping[str, Json]] = (),
    ) -> str:
        """A new session's id. Raises `AgentNotFoundError`, and `ConflictError` for an id that is
        taken.

        `history` seeds the conversation: `{role, content, name?, tool_calls?, tool_call_id?}`.
        """
        session_id = session_id or self._ids.new("sess")
        new = NewSession(agent=agent, metadata=metadata, history=history, client_tools=client_tools)
        command = self._creation(new, principal)
        await self.runtime.ask(entity_id(SESSION, session_id), {"type": "create", **command})
        return session_id

    def _creation(self, new: NewSession, principal: Principal) -> dict[str, Json]:
        self.agents.get(new.agent)
        creation: dict[str, Json] = {
            "agent": new.agent,
            "tenant": principal.tenant,
            "principal": principal.to_json(),
        }
        optional = {
            "metadata": new.metadata,
            "history": list(new.history),
            "client_tools": list(new.client_tools),
        }
        return creation | {name: value for name, value in optional.items() if value}

    async def send(
        self,
        session_id: str,
        text: str,
        *,
        principal: Principal,
        key: str | None = None,
        create_with: str | NewSession | None = None,
        results: Sequence[Mapping[str, Json]] = (),
    ) -> Receipt:
        """Store a message; it is answered in a turn of its own or as the agent's overlap policy
        says.

        The same `key` again gives the same receipt and nothing else. `create_with` (an agent's name
        will do) makes the session if it is not there. `results` are the outcomes of calls that the
        client ran, `{tool_call_id, name?, content}`. Raises `SessionNotFoundError`,
        `SessionBusyError`.
        """
        command = self.message(
            session_id,
            text,
            principal=principal,
            key=key,
            create_with=create_with,
            results=results,
        )
        reply = await self.runtime.ask(entity_id(SESSION, session_id), command)
        return Receipt(session_id=session_id, **reply)

    def message(
        self,
        session_id: str,
        text: str,
        *,
        principal: Principal,
        key: str | None = None,
        create_with: str | NewSession | None = None,
        results: Sequence[Mapping[str, Json]] = (),
    ) -> dict[str, Json]:
        """The command by which a message is sent."""
        if not text.strip() and not results:
            raise ValidationError("The message is empty; send some text.", field="content")
        command: dict[str, Json] = {
            "type": "send",
            "text": text,
            "principal": principal.to_json(),
            "session_id": session_id,
        }
        if results:
            command["results"] = list(results)
        if key is not None:
            command["key"] = f"idem:{key}"
        if create_with is not None:
            new = NewSession(agent=create_with) if isinstance(create_with, str) else create_with
            command["create"] = self._creation(new, principal)
        return command

    async def converse(
        self,
        session_id: str,
        text: str,
        *,
        principal: Principal,
        key: str | None = None,
        create_with: str | NewSession | None = None,
        results: Sequence[Mapping[str, Json]] = (),
    ) -> AsyncGenerator[Receipt | Frame, None]:
        """Send a message and watch its turn, in one call: the receipt, then frames up to the turn's
        end.
        """
        command = self.message(
            session_id,
            text,
            principal=principal,
            key=key,
            create_with=create_with,
            results=results,
        )
        stream = self.runtime.stream(entity_id(SESSION, session_id), command=command)
        async with aclosing(stream) as frames:
            turn_id = ""
            async for frame in frames:
                if turn_id:
                    yield frame
                    if ends_turn(frame, turn_id):
                        return
                elif isinstance(frame, Reply):
                    receipt = Receipt(session_id=session_id, **frame.value)
                    turn_id = receipt.turn_id
                    yield receipt

    def watch(self, session_id: str, after: int = 0) -> AsyncGenerator[Frame, None]:
        """Events after `after`, then live ones, without end."""
        return self.runtime.stream(entity_id(SESSION, session_id), after=after)

    async def cancel(
        self,
        session_id: str,
        *,
        principal: Principal,
        turn_id: str | None = None,
        reason: str = "",
        key: str | None = None,
    ) -> Sequence[str]:
        """End the open turns, or one; returns the ids of those it ended. What finished is kept.
        With the `key` of an earlier call that ended something nothing more is ended.
        """
        command: dict[str, Json] = {
            "type": "cancel",
            "principal": principal.to_json(),
            "reason": reason,
        }
        if turn_id is not None:
            command["turn_id"] = turn_id
        if key is not None:
            command["key"] = f"cancel:{key}"
        reply = await self.runtime.ask(entity_id(SESSION, session_id), command)
        return reply["cancelled"]

    async def fork(self, session_id: str, at: int, *, new_id: str | None = None) -> str:
        """A new session that begins as this one was after event `at`, with effects off.

        Raises `SessionNotFoundError`, and `ValidationError` where there is no such event.
        """
        await self.get(session_id)
        events = [event async for event in self.events(session_id, limit=at)]
        if not events or at > events[-1].seq or at > MAX_FORK_EVENTS:
            raise ValidationError(
                f"There is no event {at} in session {session_id} to fork at.", field="at"
            )
        new_id = new_id or self._ids.new("sess")
        command = {
            "type": "fork",
            "from": session_id,
            "at": at,
            "events": [{"type": event.type, "data": event.data} for event in events],
        }
        await self.runtime.ask(entity_id(SESSION, new_id), command)
        return new_id

    async def delete(self, session_id: str) -> None:
        """Remove a session and its whole journal."""
        await self.runtime.delete(entity_id(SESSION, session_id))

    # -- looking

    async def events(
        self, session_id: str, *, after: int = 0, limit: int | None = None
    ) -> AsyncIterator[Event]:
        """The journal of a session, oldest first, as far as it is written now."""
        entity, left = entity_id(SESSION, session_id), limit
        while left is None or left > 0:
            count = PAGE if left is None else min(PAGE, left)
            page = await self.runtime.journal.read(entity, after=after, limit=count)
            for event in page:
                yield event
            if len(page) < count:
                break
            after = page[-1].seq
            left = None if left is None else left - len(page)

    async def messages(self, session_id: str) -> Sequence[Mapping[str, Json]]:
        """What was said: `{message_id, turn_id, role, text, ts, seq, principal?}`, oldest first."""
        await self.get(session_id)
        return [
            _as_message(event)
            async for event in self.events(session_id)
            if event.type in ("message.received", "message.sent")
        ]

    async def get(self, session_id: str) -> Mapping[str, Json]:
        """One session as listings show it. Raises `SessionNotFoundError`."""
        row = await self.runtime.journal.head(entity_id(SESSION, session_id))
        if row is None or row.seq == 0:
            raise SessionNotFoundError(session_id)
        return describe(row)

    async def missing(self, session_id: str, tenant: str | None = None) -> SessionNotFoundError:
        """What to raise where no session has this id: it names the ones of `tenant` (None: of all)
        that were used lately and are called almost so.
        """
        page = await self.list(tenant=tenant, limit=PAGE)
        names = [item["id"] for item in page.items]
        close = get_close_matches(session_id, names, n=3, cutoff=ALMOST)
        return SessionNotFoundError(session_id, close or None)

    async def list(
        self,
        *,
        agent: str | None = None,
        tenant: str | None = None,
        status: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page:
        """Sessions, last used first."""
        query = HeadQuery(
            kind=SESSION, agent=agent, tenant=tenant, status=status, limit=limit, cursor=cursor
        )
        page = await self.runtime.journal.heads(query)
        return Page(items=tuple(describe(row) for row in page.items), next=page.next)

    async def find_turn(self, turn_id: str) -> tuple[str, int] | None:
        """`(session_id, seq of its message)` of a turn, or None."""
        found = await self.runtime.journal.locate(turn_key(turn_id))
        return None if found is None else (split_entity(found[0])[1], found[1])


def ends_turn(frame: Frame, turn_id: str) -> bool:
    """Whether this frame is the end of that turn."""
    return isinstance(frame, Event) and frame.type in TURN_ENDS and frame.data["turn_id"] == turn_id


def describe(row: HeadRow) -> Mapping[str, Json]:
    """A session as listings show it."""
    return {
        "id": split_entity(row.entity)[1],
        "agent": row.head.agent,
        "tenant": row.head.tenant,
        "status": row.head.status,
        "seq": row.seq,
        "pending_approvals": len(row.head.pending),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def _as_message(event: Event) -> Mapping[str, Json]:
    data = event.data
    message: dict[str, Json] = {
        "message_id": data["message_id"],
        "turn_id": data["turn_id"],
        "role": "user" if event.type == "message.received" else "assistant",
        "text": data["text"],
        "ts": event.ts,
        "seq": event.seq,
    }
    if "principal" in data:
        message["principal"] = {"id": data["principal"]["id"], "name": data["principal"]["name"]}
    return message
