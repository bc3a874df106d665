"""`liteagent up`, the real command: everything starts, can be used, and ends with nothing left."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.cli.command_line import CommandLine
from tests.cli.terminal_session import TerminalSession, at_terminal

COMMAND = str(Path(sys.executable).with_name("liteagent"))
pytestmark = pytest.mark.ray


@contextmanager
def up(port: int) -> Iterator[TerminalSession]:
    with at_terminal([COMMAND, "up", "--port", str(port)], {}, patience=240) as terminal:
        yield terminal


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_everything_starts_is_used_and_ends(
    cli: CommandLine, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://127.0.0.1:{port}"
    with up(port) as terminal:
        shown = terminal.wait_for("Ctrl-C stops it")
        for stage in ("loading plugins", "starting Ray", "starting hosts", "HTTP gateway"):
            assert f"✓ {stage}" in shown or f"{stage} (" in shown
        assert f"LiteAgent is up at {url}" in shown
        key = re.search(r"admin key: (\S+)", shown)
        assert key is not None
        monkeypatch.setenv("LITEAGENT_API_KEY", key[1])
        assert cli("status").code == 0
        assert cli("up", "--port", str(port)).code == 1
        assert cli("chat", "--server", url, "-m", "hello").out.startswith("[demo] Hello!")
        assert cli("chat", "--server", url, "-m", "announce lunch").code == 3
        approval = cli("approvals", "list", "--server", url, "--json").json[0]["id"]
        assert cli("approvals", "approve", approval, "--server", url).code == 0
        family = psutil.Process(terminal.pid).children(recursive=True)
        done = subprocess.run([COMMAND, "down"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert terminal.exit_code() == 0
        assert "Stopped." in terminal.all_shown
        _, alive = psutil.wait_procs(family, timeout=120)
        assert alive == []
    assert cli("status").code == 1
    assert cli.announcements == ["lunch"]


def test_ctrl_c_before_it_is_up_leaves_nothing(cli: CommandLine, port: int) -> None:
    with up(port) as terminal:
        terminal.wait_for("loading plugins")
        terminal.type("\x03")
        assert terminal.exit_code() == 130
        assert "Stopped before it was up." in terminal.all_shown
    assert cli("status").code == 1


def test_a_port_that_is_taken_is_told_before_anything_starts(cli: CommandLine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [COMMAND, "up", "--port", str(port)], capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr
