"""Socket Mode: single-use tickets, open sockets, and envelopes to one of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import WSMsgType, web

from liteagent.testing.slack.changes import Changes
from liteagent.testing.slack.delivery import Envelope
from liteagent.testing.slack.records import Json
from liteagent.testing.slack.workspace import Workspace

MOST = 10
"""Sockets that one app may have open."""


@dataclass(slots=True, eq=False)
class Connection:
    """An open socket."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport
    leaving: bool = False
    """The app was told to go; nothing is sent here any more."""
    stalled: bool = False
    """The link is dead, and neither end has been told."""


class SocketMode:
    """A door: hands each envelope to one of the open sockets, in turn."""

    def __init__(
        self,
        workspace: Workspace,
        changes: Changes,
        acknowledge: Callable[[str, Json | None], Envelope | None],
    ) -> None:
        self.connections: list[Connection] = []
        self.refusals = 0
        """How many sockets are still to be refused; -1 for all."""
        self.drops_after_ack = 0
        """How many sockets are still to break the moment an event was acknowledged on them."""
        self.opened = 0
        """How many sockets have been opened so far."""
        self._workspace = workspace
        self._changes = changes
        self._acknowledge = acknowledge
        self._tickets: set[str] = set()
        self._turn = 0

    @property
    def open(self) -> bool:
        return any(not connection.leaving for connection in self.connections)

    def ticket(self) -> str:
        """Admits one socket, once."""
        ticket = self._workspace.new_id("ticket-")
        self._tickets.add(ticket)
        return ticket

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket handler."""
        ticket = request.query.get("ticket", "")
        if self.refusals or ticket not in self._tickets:
            self.refusals -= self.refusals > 0
            return web.Response(status=403 if ticket in self._tickets else 404)
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        assert isinstance(request.transport, asyncio.Transport)
        connection = Connection(socket, request.transport)
        if len(self.connections) >= MOST:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self.connections.append(connection)
        try:
            await self._serve(connection)
        except ConnectionError:
            connection.leaving = True  # it broke while something was said
        finally:
            self.connections.remove(connection)
            self._changes.touch()
        return socket

    async def send(self, envelope: Envelope) -> str | None:
        """To one socket; without any the attempt is wasted."""
        candidates = [c for c in self.connections if not c.leaving and not c.socket.closed]
        if not candidates:
            return None
        self._turn += 1
        chosen = candidates[self._turn % len(candidates)]
        delivery = envelope.delivery
        body: Json = {
            "envelope_id": envelope.id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            body |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason}
        try:
            await chosen.socket.send_json(body)
        except ConnectionError:
            chosen.leaving = True
        return None

    async def ask_to_leave(self, reason: str) -> int:
        """Tell every socket to go and open another; how many were told."""
        staying = [c for c in self.connections if not c.leaving]
        for connection in staying:
            connection.leaving = True
            await connection.socket.send_json({"type": "disconnect", "reason": reason})
        self._changes.touch()
        return len(staying)

    def drop(self) -> int:
        """Break every open socket off, as a cut cable would; how many."""
        for connection in self.connections:
            connection.leaving = True
            connection.transport.abort()
        return len(self.connections)

    def stall(self) -> int:
        """Nothing that comes over the open sockets is heard any more, pings included; how many."""
        for connection in self.connections:
            connection.stalled = True
        return len(self.connections)

    async def close(self) -> None:
        """Say goodbye to every socket."""
        for connection in tuple(self.connections):
            await connection.socket.close()

    async def _serve(self, connection: Connection) -> None:
        await connection.socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.connections),
                "connection_info": {"app_id": self._workspace.app},
                "debug_info": {"host": "stand-in", "approximate_connection_time": 3600},
            }
        )
        self.opened += 1
        self._changes.touch()
        async for message in connection.socket:
            if connection.stalled:
                continue
            if message.type == WSMsgType.PING:
                await connection.socket.pong(message.data)
            elif message.type == WSMsgType.TEXT:
                self._receive(connection, cast("Json", json.loads(message.data)))

    def _receive(self, connection: Connection, body: dict[str, Any]) -> None:
        envelope = self._acknowledge(str(body.get("envelope_id", "")), body.get("payload"))
        if envelope is None or envelope.delivery.kind != "events_api":
            return
        if self.drops_after_ack:
            self.drops_after_ack -= 1
            connection.leaving = True
            connection.transport.abort()
