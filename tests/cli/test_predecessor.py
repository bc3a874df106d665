"""What a killed server left behind lets go of its port by itself; the next one waits for that."""

from __future__ import annotations

import select
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from liteagent.cli.server.predecessor import await_its_end
from liteagent.cli.server.running import remember, this_process

LEFT_BEHIND = """
import socket
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
listener.accept()
"""
"""Ends when it is looked at for the first time."""


def killed(home: Path, port: int) -> None:
    server = this_process(f"http://127.0.0.1:{port}", "127.0.0.1:6379")
    remember(home, replace(server, started=server.started - 1))


def test_the_port_is_free_afterwards(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LEFT_BEHIND], stdout=subprocess.PIPE, text=True
    ) as left:
        assert left.stdout is not None
        port = int(left.stdout.readline())
        killed(tmp_path, port)
        await_its_end(tmp_path, port)
        with socket.socket() as mine:
            mine.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            mine.bind(("127.0.0.1", port))


def test_nobody_waits_for_a_port_that_somebody_else_holds(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as theirs:
        port = theirs.getsockname()[1]
        await_its_end(tmp_path, port)
        killed(tmp_path, port + 1)
        await_its_end(tmp_path, port)
        assert select.select([theirs], [], [], 0)[0] == []


def test_nobody_waits_for_a_server_that_runs(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as theirs:
        port = theirs.getsockname()[1]
        remember(tmp_path, this_process(f"http://127.0.0.1:{port}", "127.0.0.1:6379"))
        await_its_end(tmp_path, port)
        assert select.select([theirs], [], [], 0)[0] == []
