"""The gateway: who is connected, and what they are told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from liteagent.testing.discord import payloads
from liteagent.testing.discord.dispatch_faults import DispatchFaults
from liteagent.testing.discord.errors import Json
from liteagent.testing.discord.http import reset
from liteagent.testing.discord.intents import ALL, PRESENCES, not_allowed, readable, wants
from liteagent.testing.discord.intents import MEMBERS as SEE_MEMBERS
from liteagent.testing.discord.link import Link
from liteagent.testing.discord.session import Session
from liteagent.testing.discord.world import Dispatch, World

HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = (
    1, 2, 3, 4, 6, 7, 8, 9, 10, 11,
)  # fmt: skip
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, BAD_TOKEN = 4001, 4002, 4003, 4004
ALREADY_AUTHENTICATED, BAD_SEQUENCE, BAD_SHARD = 4005, 4007, 4010
BAD_INTENTS, DISALLOWED_INTENTS = 4013, 4014
SEES_ALL = SEE_MEMBERS | PRESENCES


class Gateway:
    """Connections come and go; sessions stay until they are ended.

    `identified` and `resumed` count how often either succeeded, `heartbeats` those that came.
    """

    def __init__(
        self,
        world: World,
        faults: DispatchFaults,
        is_token: Callable[[str], bool],
        changed: Callable[[], None],
    ) -> None:
        self.heartbeat_seconds = 41.25
        self.identified = 0
        self.resumed = 0
        self.heartbeats = 0
        self.sessions: dict[str, Session] = {}
        self.links: dict[Link, web.Request] = {}
        self._world = world
        self._faults = faults
        self._is_token = is_token
        self._changed = changed
        self._numbers = count(1)

    @property
    def connected(self) -> list[Session]:
        """The sessions that somebody listens to."""
        return [one for one in self.sessions.values() if one.link is not None]

    def emit(self, event: Dispatch) -> None:
        """Tell every session that it concerns, as far as the faults let it."""
        for one in self._faults.deliver(event):
            for session in self.sessions.values():
                if not session.ended and self._concerns(session, one):
                    session.dispatch(one.name, readable(self._world, session.intents, one))
        self._changed()

    def _concerns(self, session: Session, event: Dispatch) -> bool:
        if not session.serves(event.guild_id) or not wants(session.intents, event):
            return False
        channel = event.channel
        if channel is None or channel.guild_id is None:
            return True
        return "view_channel" in self._world.bot_may(channel)

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from its HELLO to its end."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        link = Link(socket, deflate=request.query.get("compress") == "zlib-stream")
        self.links[link] = request
        link.send(HELLO, {"heartbeat_interval": int(self.heartbeat_seconds * 1000)})
        pump = asyncio.create_task(link.pump())
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._receive(link, frame.data)
        finally:
            self._part(link, socket.close_code)
            pump.cancel()
            await asyncio.wait((pump,))
        return socket

    def _part(self, link: Link, code: int | None) -> None:
        """A connection ended. Who closes it with 1000 or 1001 gives the session up."""
        del self.links[link]
        session = self._session_of(link)
        if session is not None:
            session.link = None
            gave_up = code in (1000, 1001) and not link.closing
            session.ended = session.ended or gave_up
        self._changed()

    def _session_of(self, link: Link) -> Session | None:
        return next((one for one in self.sessions.values() if one.link is link), None)

    def _receive(self, link: Link, text: str) -> None:
        try:
            message: Json = json.loads(text)
            op: int = message["op"]
        except (ValueError, KeyError, TypeError):
            link.close(DECODE_ERROR)
            return
        data: Json = message.get("d") or {}
        if op == HEARTBEAT:
            self.heartbeats += 1
            link.send(ACK, None)
        elif op == IDENTIFY:
            self._identify(link, data)
        elif op == RESUME:
            self._resume(link, data)
        elif self._session_of(link) is None:
            link.close(NOT_AUTHENTICATED)
        elif op == MEMBERS:
            self._members(link, data)
        elif op not in (PRESENCE, VOICE):
            link.close(UNKNOWN_OPCODE)
        self._changed()

    def _identify(self, link: Link, data: Json) -> None:
        shard, shards = data.get("shard") or (0, 1)
        refused = self._refusal(link, data, shard, shards)
        if refused is not None:
            link.close(refused)
            return
        session = Session(
            id=f"session-{next(self._numbers)}",
            intents=data["intents"],
            shard=shard,
            shards=shards,
            link=link,
        )
        self.sessions[session.id] = session
        self.identified += 1
        self._welcome(session)

    def _refusal(self, link: Link, data: Json, shard: int, shards: int) -> int | None:
        """The code that closes the connection instead of a READY."""
        intents: Any = data.get("intents")
        checks = (
            (self._session_of(link) is not None, ALREADY_AUTHENTICATED),
            (not self._is_token(str(data.get("token"))), BAD_TOKEN),
            (not 0 <= shard < shards, BAD_SHARD),
            (not isinstance(intents, int) or intents & ~ALL, BAD_INTENTS),
            (isinstance(intents, int) and not_allowed(self._world, intents), DISALLOWED_INTENTS),
        )
        return next((code for refused, code in checks if refused), None)

    def _welcome(self, session: Session) -> None:
        world = self._world
        guilds = [one for one in world.guilds.values() if session.serves(one.id)]
        application = payloads.application(world)
        ready: Json = {
            "v": 10,
            "user": payloads.user(world.bot),
            "guilds": [{"id": str(one.id), "unavailable": True} for one in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": world.gateway_url,
            "shard": [session.shard, session.shards],
            "application": {"id": application["id"], "flags": application["flags"]},
        }
        session.dispatch("READY", ready)
        everybody = session.intents & SEES_ALL == SEES_ALL
        for one in guilds:
            session.dispatch("GUILD_CREATE", payloads.whole_guild(world, one, everybody=everybody))

    def _resume(self, link: Link, data: Json) -> None:
        if not self._is_token(str(data.get("token"))):
            link.close(BAD_TOKEN)
            return
        session = self.sessions.get(str(data.get("session_id")))
        if session is None or session.ended:
            link.send(INVALID, False)
        elif not 0 <= (data.get("seq") or 0) <= session.sequence:
            link.close(BAD_SEQUENCE)
        else:
            self.resumed += 1
            session.resume(link, data.get("seq") or 0)

    def _members(self, link: Link, data: Json) -> None:
        """All members of a guild, those of some ids, or those whose names begin so."""
        guild = self._world.guilds.get(int(data["guild_id"]))
        session = self._session_of(link)
        if guild is None or session is None:
            return
        ids = {int(each) for each in data.get("user_ids") or ()}
        start = (data.get("query") or "").lower()
        found = [
            payloads.member(one)
            for one in guild.members.values()
            if (one.user.id in ids if ids else one.user.name.lower().startswith(start))
        ]
        chunk: Json = {
            "guild_id": str(guild.id),
            "members": found[: data.get("limit") or None],
            "chunk_index": 0,
            "chunk_count": 1,
        }
        if data.get("nonce") is not None:
            chunk["nonce"] = data["nonce"]
        session.dispatch("GUILD_MEMBERS_CHUNK", chunk)

    def cut(self) -> None:
        """Break every connection off without a word."""
        for request in list(self.links.values()):
            reset(request)

    def close(self, code: int) -> None:
        """Close every connection with this code."""
        for link in self.links:
            link.close(code)

    def reconnect(self) -> None:
        """Ask every client to connect again and to resume (op 7)."""
        for link in self.links:
            link.send(RECONNECT, None)

    def invalidate(self, *, resumable: bool) -> None:
        """Tell every client that its session is invalid (op 9)."""
        for session in self.connected:
            session.ended = session.ended or not resumable
            if session.link is not None:
                session.link.send(INVALID, resumable)

    def fall_silent(self) -> None:
        """The lines stay up, but nothing comes through them any more, not even an ack."""
        for link in self.links:
            link.deaf = True
