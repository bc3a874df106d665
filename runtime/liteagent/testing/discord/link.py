"""One WebSocket of the gateway: what is sent leaves in order, compressed if that was asked."""

from __future__ import annotations

import asyncio
import json
import zlib
from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass(frozen=True, slots=True)
class _Close:
    code: int


class Link:
    """A connection. `deaf` swallows everything, as a line does that died without a word."""

    def __init__(self, socket: web.WebSocketResponse, *, deflate: bool) -> None:
        self.deaf = False
        self.closing = False
        self._socket = socket
        self._deflate = zlib.compressobj() if deflate else None
        self._outbox: asyncio.Queue[str | _Close] = asyncio.Queue()

    def send(self, op: int, data: Any) -> None:
        """Send what is no event."""
        self.send_text(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def send_text(self, text: str) -> None:
        if not self.deaf:
            self._outbox.put_nowait(text)

    def close(self, code: int) -> None:
        """Close it after what has been sent."""
        self.closing = True
        self._outbox.put_nowait(_Close(code))

    async def pump(self) -> None:
        """Send what is to be sent until it is closed."""
        while isinstance(one := await self._outbox.get(), str):
            try:
                await self._send(one)
            except ConnectionError:
                return
        await self._socket.close(code=one.code)

    async def _send(self, text: str) -> None:
        if self._deflate is None:
            await self._socket.send_str(text)
            return
        # One stream for the connection, whole at the end of every message.
        data = self._deflate.compress(text.encode())
        await self._socket.send_bytes(data + self._deflate.flush(zlib.Z_SYNC_FLUSH))
