"""A proxy between client and gateway that loses the first answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class LossyProxy:
    """Passes bytes on, both ways; of the first connection it passes the request on and breaks off:
    at once, or at the first byte of the answer.
    """

    def __init__(self, gateway: str, *, at_once: bool) -> None:
        target = urlsplit(gateway)
        self._host, self._port = str(target.hostname), int(target.port or 80)
        self._at_once = at_once
        self.connections = 0

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator[str]:
        """Its address while it serves."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        first = self.connections == 1
        there, here = await asyncio.open_connection(self._host, self._port)
        try:
            if first:
                here.write(await _request(reader))
                await here.drain()
                if not self._at_once:
                    await there.read(1)
            else:
                async with asyncio.TaskGroup() as both:
                    both.create_task(_pass_on(reader, here))
                    both.create_task(_pass_on(there, writer))
        except* ConnectionError:
            pass
        finally:
            for each in (here, writer):
                each.transport.abort()


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    (length,) = [int(line[15:]) for line in lines if line.startswith(b"content-length:")]
    return head + await reader.readexactly(length)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65536):
        writer.write(piece)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
