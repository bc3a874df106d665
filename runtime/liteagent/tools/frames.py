"""JSON messages over a pipe: four bytes of length (big-endian), then UTF-8."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">I")


def pack(message: Mapping[str, Any]) -> bytes:
    """One message as bytes."""
    payload = json.dumps(message).encode()
    return _LENGTH.pack(len(payload)) + payload


def read_frame(stream: BinaryIO) -> dict[str, Any]:
    """The next message; blocks. Raises `EOFError` when there is none."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError("the pipe was closed")
    return json.loads(stream.read(_LENGTH.unpack(head)[0]))


async def receive_frame(stream: asyncio.StreamReader) -> dict[str, Any]:
    """The next message. Raises `asyncio.IncompleteReadError` when there is none."""
    head = await stream.readexactly(_LENGTH.size)
    return json.loads(await stream.readexactly(_LENGTH.unpack(head)[0]))
