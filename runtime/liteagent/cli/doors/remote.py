"""The door into a running server, through its HTTP API."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from liteagent.agents.defaults import ASSISTANT
from liteagent.agents.spec import AgentSpec
from liteagent.cli.doors.contract import Ballot, Decided, Item, Live, Receipt
from liteagent.cli.doors.errors import RefusedError, ServerGoneError, raise_refusal
from liteagent.cli.doors.sse import read_frames
from liteagent.cli.failures import UsageError
from liteagent.clock import Clock, SystemClock
from liteagent.errors import LiteAgentException
from liteagent.events import Event
from liteagent.ids import RandomIds

CONNECT_SECONDS = 10.0
REPLY_SECONDS = 60.0
QUIET_SECONDS = 120.0
"""A stream sends a heartbeat more often than this; one that says nothing for so long is dead."""
RESUME_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0)
"""Seconds before each try to go on with a stream that broke off."""
SEND_PAUSES = (0.2, 0.5)
"""Seconds before each further try to send a message."""
UNAVAILABLE = 503
LONGEST_PAGE = 1000


class RemoteDoor:
    """A `Door`. `http` has the server's URL and the key."""

    def __init__(self, http: httpx.AsyncClient, clock: Clock) -> None:
        self._http, self._clock = http, clock
        self._url = str(http.base_url).rstrip("/")
        self.server: str | None = self._url

    async def default_agent(self) -> str:
        names = [str(item["name"]) for item in await self.agents()]
        if len(names) == 1:
            return names[0]
        if ASSISTANT in names:
            return ASSISTANT
        raise UsageError(f"Say which agent, with --agent: {', '.join(sorted(names)) or 'none'}.")

    async def agent(self, name: str) -> Item:
        return await self._json("GET", f"/api/agents/{_part(name)}")

    async def agents(self) -> Sequence[Item]:
        """Every agent's configuration."""
        return [item async for item in self._pages("/api/agents")]

    async def source(self, name: str) -> str:
        return self._url

    async def apply(self, file: Path, spec: AgentSpec) -> str:
        body = spec.model_dump(mode="json", exclude_unset=True)
        await self._json("PUT", f"/api/agents/{_part(spec.name)}", body)
        return self._url

    async def sessions(
        self, *, agent: str | None, status: str | None, limit: int
    ) -> Sequence[Item]:
        names = [agent] if agent else [str(item["name"]) for item in await self.agents()]
        query = f"limit={min(limit, LONGEST_PAGE)}" + (f"&status={_part(status)}" if status else "")
        found: list[Item] = []
        for name in names:
            page = await self._json("GET", f"/api/agents/{_part(name)}/sessions?{query}")
            found += page["items"]
        return sorted(found, key=lambda item: -float(item["updated_at"]))[:limit]

    async def session(self, session_id: str) -> Item:
        return await self._json("GET", f"/api/sessions/{_part(session_id)}")

    async def messages(self, session_id: str) -> Sequence[Item]:
        return [item async for item in self._pages(f"/api/sessions/{_part(session_id)}/messages")]

    async def events(self, session_id: str, *, after: int = 0) -> AsyncGenerator[Event]:
        last = (await self.session(session_id))["seq"]
        if last <= after:
            return
        async for frame in self.follow(session_id, after=after):
            if isinstance(frame, Event):
                yield frame
                if frame.seq >= last:
                    return

    async def create(self, agent: str, session_id: str | None = None) -> str:
        body = {} if session_id is None else {"session_id": session_id}
        reply = await self._json("POST", f"/api/agents/{_part(agent)}/sessions", body)
        return str(reply["session_id"])

    async def send(self, session_id: str, text: str) -> Receipt:
        # Under a key of its own the message is taken once, however often it arrives.
        body = {"content": text, "idempotency_key": RandomIds().new("cli")}
        path = f"/api/sessions/{_part(session_id)}/messages"
        pauses = iter(SEND_PAUSES)
        while True:
            try:
                reply = await self._json("POST", path, body)
                break
            except ServerGoneError:
                pause = next(pauses, None)
                if pause is None:
                    raise
            await self._clock.sleep(pause)
        return Receipt(
            session_id=session_id,
            turn_id=reply["turn_id"],
            message_id=reply["message_id"],
            seq=reply["seq"],
        )

    async def follow(self, session_id: str, *, after: int) -> AsyncGenerator[Live]:
        """Goes on after the last event when the stream breaks off, or the server is restarted, for
        as long as `RESUME_PAUSES` together.
        """
        pauses = iter(RESUME_PAUSES)
        while True:
            gone: LiteAgentException = ServerGoneError(self._url, "the stream ended")
            try:
                async with aclosing(self._stream(session_id, after)) as frames:
                    async for frame in frames:
                        if isinstance(frame, Event):
                            after = frame.seq
                        pauses = iter(RESUME_PAUSES)
                        yield frame
            except httpx.TransportError as error:
                gone = self._gone(error)
            except RefusedError as error:
                if error.status != UNAVAILABLE:
                    raise
                gone = error
            pause = next(pauses, None)
            if pause is None:
                raise gone
            await self._clock.sleep(pause)

    async def cancel(self, session_id: str, turn_id: str | None = None) -> Sequence[str]:
        body = {} if turn_id is None else {"turn_id": turn_id}
        reply = await self._json("POST", f"/api/sessions/{_part(session_id)}/cancel", body)
        return reply["cancelled"]

    async def fork(self, session_id: str, at: int) -> str:
        reply = await self._json("POST", f"/api/sessions/{_part(session_id)}/fork", {"at": at})
        return str(reply["session_id"])

    async def approvals(self) -> Sequence[Item]:
        return [item async for item in self._pages("/api/approvals?status=pending")]

    async def approval(self, approval_id: str) -> Item:
        return await self._json("GET", f"/api/approvals/{_part(approval_id)}")

    async def decide(self, approval_id: str, ballot: Ballot, shown: str) -> Decided:
        item = await self.approval(approval_id)
        body = {
            "decision": ballot.verb.value,
            "args": ballot.args,
            "reason": ballot.reason,
            "content": ballot.content,
            "digest": shown,
        }
        reply = await self._json("POST", f"/api/approvals/{_part(approval_id)}", body)
        return Decided(
            session_id=item["session_id"],
            turn_id=item["turn_id"],
            final=reply.get("final", True),
            seq=reply.get("seq", 0),
        )

    # -- the wire

    async def _json(self, method: str, path: str, body: Any = None) -> Any:
        try:
            response = await self._http.request(method, path, json=body)
        except httpx.TransportError as error:
            raise self._gone(error) from error
        if response.is_error:
            raise_refusal(response)
        return response.json()

    async def _pages(self, path: str) -> AsyncGenerator[Item]:
        cursor = ""
        while True:
            page = await self._json(
                "GET", f"{path}{'&' if '?' in path else '?'}limit={LONGEST_PAGE}{cursor}"
            )
            for item in page["items"]:
                yield item
            if page.get("next") is None:
                return
            cursor = f"&cursor={_part(page['next'])}"

    async def _stream(self, session_id: str, after: int) -> AsyncGenerator[Live]:
        path = f"/api/sessions/{_part(session_id)}/events?after={after}"
        timeout = httpx.Timeout(QUIET_SECONDS, connect=CONNECT_SECONDS)
        async with self._http.stream("GET", path, timeout=timeout) as response:
            if response.is_error:
                await response.aread()
                raise_refusal(response)
            async for frame in read_frames(response.aiter_lines()):
                yield frame

    def _gone(self, error: httpx.TransportError) -> ServerGoneError:
        return ServerGoneError(self._url, str(error) or type(error).__name__)


def _part(text: str) -> str:
    """`text` as one part of a path."""
    return quote(text, safe="")


@asynccontextmanager
async def open_remote(
    url: str, api_key: str, *, clock: Clock | None = None
) -> AsyncGenerator[RemoteDoor]:
    """A door into the server at `url`; nothing is sent before it is used."""
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"{url!r} is no server: write its URL, such as http://127.0.0.1:8000.")
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    timeout = httpx.Timeout(REPLY_SECONDS, connect=CONNECT_SECONDS)
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=timeout) as http:
        yield RemoteDoor(http, clock or SystemClock())
