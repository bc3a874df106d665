"""A network between client and server that can be cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class CuttingProxy:
    """Hands bytes on in both directions, until it cuts every connection there is."""

    def __init__(self, target: str) -> None:
        address = urlsplit(target)
        self._host, self._port = address.hostname, address.port
        self._writers: set[asyncio.StreamWriter] = set()
        self.is_away = False
        """Whether new connections are turned away too."""
        self.swallow_answers = 0
        """So many times, what the server says ends the connection in place of being handed on."""

    def cut(self) -> None:
        """End every connection, in the middle of whatever it carries."""
        for writer in self._writers:
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_away:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection(self._host, self._port)
        both = {writer, back}
        self._writers |= both
        try:
            await asyncio.gather(_copy(reader, back), _copy(there, writer, self._swallows))
        finally:
            self._writers -= both
            for each in both:
                each.close()

    def _swallows(self) -> bool:
        if not self.swallow_answers:
            return False
        self.swallow_answers -= 1
        return True


async def _copy(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    swallows: Callable[[], bool] = lambda: False,
) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            if swallows():
                break
            writer.write(data)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def cutting_proxy(target: str) -> AsyncGenerator[tuple[CuttingProxy, str]]:
    """A proxy before the server at `target`, and its own address."""
    proxy = CuttingProxy(target)
    async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        try:
            yield proxy, f"http://127.0.0.1:{port}"
        finally:
            proxy.cut()
