"""discord.py's client: it keeps the gateway's connections, and hands on what comes as it comes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import discord
import msgspec

from liteagent.chat.health import ChatHealth

HEARTBEAT_ACK = 11
KNOWN = ("READY", "RESUMED", "GUILD_", "CHANNEL_", "THREAD_", "USER_UPDATE")
"""What discord.py keeps for us; it makes nothing of all else that comes."""
IDENTIFY_SECONDS = 5.0
"""Between two sessions that are begun: Discord allows no more."""
LONGEST_WAIT = 30.0
"""For a rate limit; a call that would have to wait for longer fails, and is tried again."""
log = logging.getLogger(__name__)


class Heard(Protocol):
    """Takes what comes (`Intake`). Must not wait."""

    def message(self, message: Mapping[str, Any]) -> None: ...

    def interaction(self, interaction: Mapping[str, Any]) -> None: ...


class Connected(Protocol):
    """Is told that events may have been missed."""

    def reconnected(self) -> None: ...


@dataclass(slots=True, kw_only=True)
class Ears:
    """What is behind a listener, once it is there."""

    intake: Heard
    chat: Connected


class _Frame(msgspec.Struct):
    op: int
    t: str | None = None
    d: msgspec.Raw = msgspec.Raw(b"null")


class Listener(discord.AutoShardedClient):
    """Keeps as little as it can: everything that matters is read from the payloads."""

    def __init__(
        self,
        health: ChatHealth,
        *,
        identify_seconds: float = IDENTIFY_SECONDS,
        gateway_is_given: bool = False,
    ) -> None:
        """`gateway_is_given`: discord.py was told where the gateway is, whatever Discord says."""
        intents = discord.Intents.none()
        intents.guilds = intents.guild_messages = intents.dm_messages = True
        intents.message_content = True
        super().__init__(
            intents=intents,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=LONGEST_WAIT,
            guild_ready_timeout=0.5,
            enable_debug_events=True,
        )
        self._health, self._identify_seconds = health, identify_seconds
        self._gateway_is_given = gateway_is_given
        self._down: set[int] = set()
        self.ears: Ears | None = None
        self.doubts: list[str] = []
        """What may be wrong with the application, told if the gateway takes it all the same."""
        state = self._connection
        state.parsers = {
            name: _unbroken(name, parse)
            for name, parse in state.parsers.items()
            if name.startswith(KNOWN)
        }

    async def launch_shards(self) -> None:
        """discord.py would connect to where Discord says that the gateway is."""
        if self._gateway_is_given:
            self.shard_count = await self._wanted()
        await super().launch_shards()

    async def _wanted(self) -> int:
        """As many connections as Discord wants; one where it does not say."""
        try:
            shards, _, _ = await self.http.get_bot_gateway()
        except KeyError:
            return 1
        except discord.GatewayNotFound as error:
            if not isinstance(error.__cause__, discord.NotFound):
                raise
            return 1
        return shards

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        if not initial:
            await asyncio.sleep(self._identify_seconds)

    async def on_socket_raw_receive(self, message: str) -> None:
        """Every frame, before discord.py makes anything of it, in the order in which they came."""
        frame = msgspec.json.decode(message, type=_Frame)
        if frame.op == HEARTBEAT_ACK:
            self._health.pong()
        if frame.t is None or self.ears is None:
            return
        self._health.event()
        match frame.t:
            case "MESSAGE_CREATE":
                self.ears.intake.message(msgspec.json.decode(frame.d))
            case "INTERACTION_CREATE":
                self.ears.intake.interaction(msgspec.json.decode(frame.d))
            case "READY" | "RESUMED":
                self.ears.chat.reconnected()
            case _:
                pass

    async def on_shard_connect(self, shard_id: int) -> None:
        self._up(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        self._up(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        self._down.add(shard_id)
        self._health.disconnected("the connection was lost and is opened again")

    async def on_error(self, event_method: str, /, *args: Any, **more: Any) -> None:
        log.exception("Hearing %s broke", event_method)

    def _up(self, shard_id: int) -> None:
        self._down.discard(shard_id)
        for doubt in filter(None, self.doubts):
            log.warning(doubt)
        self.doubts.clear()
        if not self._down:
            self._health.connected()


def _unbroken(name: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
    """A payload that discord.py cannot read must not end the connection."""

    def unbroken(data: Any) -> None:
        try:
            parse(data)
        except Exception:  # the boundary: whatever Discord sends
            log.warning("discord.py cannot read what came as %s.", name, exc_info=True)

    return unbroken


def quiet_library() -> None:
    """discord.py prints a traceback for every connection that it opens again, and whole messages at
    DEBUG. What matters of it is told by ours.
    """
    logging.getLogger("discord").setLevel(logging.CRITICAL)
