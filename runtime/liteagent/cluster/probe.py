"""Asking an HTTP server whether it is up, with nothing but a socket."""

from __future__ import annotations

import asyncio

ANSWER_SECONDS = 5.0


async def answers(host: str, port: int, path: str) -> bool:
    """Whether `GET path` is answered with a status below 400."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
                await writer.drain()
                first = (await reader.readline()).split()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
    return len(first) > 1 and first[1].isdigit() and int(first[1]) < 400
