"""A server that was killed: what it left running ends by itself, a moment later."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

from liteagent.cli.server.running import RunningServer, last_known

PATIENCE = 10.0
"""Seconds; what a killed server leaves behind notices in two or three."""
LOOK_AGAIN_SECONDS = 0.1


def await_its_end(home: Path, port: int) -> None:
    """Wait until what a killed server left behind has let go of this port, if that is what holds
    it; for `PATIENCE` at most, after which whoever binds it tells that it is taken.
    """
    left = last_known(home)
    if left is None or left.is_alive or urlsplit(left.url).port != port:
        return
    until = time.monotonic() + PATIENCE
    while _answers(left) and time.monotonic() < until:
        time.sleep(LOOK_AGAIN_SECONDS)


def _answers(server: RunningServer) -> bool:
    parts = urlsplit(server.url)
    try:
        socket.create_connection((parts.hostname, parts.port or 0), timeout=1).close()
    except OSError:
        return False
    return True
