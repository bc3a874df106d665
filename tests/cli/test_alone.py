"""Two servers never start over one data directory, not even at the same moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from liteagent.cli.server.alone import alone
from liteagent.errors import ConflictError

HOLDING = """
import signal, sys
from pathlib import Path
from liteagent.cli.server.alone import alone
with alone(Path(sys.argv[1])):
    print("alone", flush=True)
    signal.pause()
"""


def test_a_second_start_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    refused = pytest.raises(ConflictError, match="is starting or stopping over")
    with alone(tmp_path), refused, alone(tmp_path):
        pass
    with alone(tmp_path):
        pass


def test_a_start_that_was_killed_keeps_nobody_away(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "alone\n"
        with pytest.raises(ConflictError), alone(tmp_path):
            pass
        os.kill(first.pid, signal.SIGKILL)
    with alone(tmp_path):
        pass
