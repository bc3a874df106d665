"""A small HTTP server that misbehaves on demand, for testing clients against real sockets.

Every connection serves one request: what a client does with a connection that breaks is then
never mixed up with what it does with the next one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from http.client import responses as phrases
from typing import Any, Self

_NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, which must be JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to answer: a whole body, or a stream that is sent piece by piece."""

    body: bytes | AsyncIterator[bytes]
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS)


class DropConnection(Exception):
    """Raised by a stream, or instead of a reply, to break the connection off where it stands."""


def json_reply(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """A reply of JSON."""
    return Reply(body=json.dumps(value).encode(), status=status, headers=headers or {})


class HttpStandIn:
    """Serves `reply` on a free port of 127.0.0.1 while it is entered.

    `hung_up` is set when a client closes its connection before it has its whole answer.
    """

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.hung_up = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def reply(self, request: Received) -> Reply:
        """The reply to a request; a subclass's."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        """`http://127.0.0.1:<port>`."""
        assert self._server is not None, "the stand-in is not entered"
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()
        self._server = None
        for task in self._serving:
            task.cancel()
        ended = await asyncio.gather(*self._serving, return_exceptions=True)
        for error in ended:
            # A surprising request fails the test, whatever the client made of the silence.
            if isinstance(error, Exception):
                raise error

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _read(reader)
            if request is not None:
                self.received.append(request)
                await self._answer(request, reader, writer)
        except ConnectionError:
            self.hung_up.set()
        except DropConnection:
            writer.transport.abort()
        finally:
            writer.close()

    async def _answer(
        self, request: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writing = asyncio.ensure_future(_write(await self.reply(request), writer))
        leaving = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait((writing, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not writing.done():
                self.hung_up.set()
        finally:
            writing.cancel()
            leaving.cancel()
        await asyncio.wait((writing, leaving))
        if not writing.cancelled():
            writing.result()


async def _read(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    method, path, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(method, path, headers, body)


async def _write(reply: Reply, writer: asyncio.StreamWriter) -> None:
    whole = isinstance(reply.body, bytes)
    headers = {
        "content-type": reply.content_type,
        "connection": "close",
        **({"content-length": str(len(reply.body))} if isinstance(reply.body, bytes) else {}),
        **({} if whole else {"transfer-encoding": "chunked"}),
        **reply.headers,
    }
    lines = [f"HTTP/1.1 {reply.status} {phrases.get(reply.status, 'Unusual')}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    if isinstance(reply.body, bytes):
        writer.write(reply.body)
    else:
        await _write_stream(reply.body, writer)
    await writer.drain()


async def _write_stream(pieces: AsyncIterator[bytes], writer: asyncio.StreamWriter) -> None:
    try:
        async for piece in pieces:
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
    except DropConnection:
        await writer.drain()
        writer.transport.abort()
        return
    writer.write(b"0\r\n\r\n")
