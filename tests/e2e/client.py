"""The native routes, as a program outside uses them."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Told:
    """One server-sent event; `seq` is None for what is live only."""

    seq: int | None
    type: str
    data: Mapping[str, Any]

    @property
    def live_text(self) -> str:
        return self.data["text"] if self.type == "delta" else ""


class Native:
    """A client with the admin's key."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def session(self, agent: str) -> str:
        answer = await self.http.post(f"/api/agents/{agent}/sessions")
        assert answer.status_code == 201, answer.text
        return answer.json()["session_id"]

    async def say(self, session: str, content: str) -> str:
        """The turn's id."""
        answer = await self.http.post(
            f"/api/sessions/{session}/messages", json={"content": content}
        )
        assert answer.status_code == 202, answer.text
        return answer.json()["turn_id"]

    async def sessions(self, agent: str, **which: str) -> Sequence[dict[str, Any]]:
        answer = await self.http.get(
            f"/api/agents/{agent}/sessions", params={"limit": "1000", **which}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    @asynccontextmanager
    async def events(
        self, session: str, *, last: int | None = None, wait: str = ""
    ) -> AsyncGenerator[AsyncIterator[Told]]:
        """The session's events after `last`, sent as a client does that reconnects."""
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        stream = self.http.stream(
            "GET", f"/api/sessions/{session}/events", params={"wait": wait}, headers=headers
        )
        async with stream as answer:
            assert answer.status_code == 200, await answer.aread()
            yield _told(answer.aiter_lines())

    async def journal(self, session: str) -> list[Told]:
        """Everything up to the end of the turn that was sent last; waits for it."""
        async with self.events(session, wait="turn") as events:
            return kept([event async for event in events])


async def _told(lines: AsyncIterator[str]) -> AsyncIterator[Told]:
    fields: dict[str, str] = {}
    async for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            seq = int(fields["id"]) if "id" in fields else None
            yield Told(seq, fields["event"], json.loads(fields["data"])["data"])
            fields = {}


async def to_the_end(events: AsyncIterator[Told]) -> list[Told]:
    """What is told up to the end of the first turn."""
    told: list[Told] = []
    async for event in events:
        told.append(event)
        if event.type == "turn.completed":
            break
    return told


def kept(events: Sequence[Told]) -> list[Told]:
    """Those that are in the journal."""
    return [event for event in events if event.seq is not None]


def types(journal: Sequence[Told]) -> Sequence[str]:
    return [event.type for event in journal]


def answers(journal: Sequence[Told]) -> Sequence[str]:
    """What the model has said in the last turn, as the journal has it."""
    turn = journal[-1].data["turn_id"]
    said = [e for e in journal if e.type == "model.responded" and e.data["turn_id"] == turn]
    return [event.data["text"] for event in said]


def sent(journal: Sequence[Told]) -> str:
    """The last answer that was sent, as the journal has it."""
    return [event for event in journal if event.type == "message.sent"][-1].data["text"]
