"""Processes that may die and cost little: one has everything imported, and forks a child for each
life.

A nursery reads orders, a line of JSON each: `{life, args, environ}`. It tells the child's `pid`,
the child tells of each `event` that it has journaled, and the end is told as `exit <code>`.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]


class Nursery:
    """The side that gives orders, one at a time."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def run(
        self,
        life: str,
        *args: str,
        environ: Mapping[str, str] | None = None,
        kill_after: int | None = None,
    ) -> int:
        """How the life ended: its exit code, or less the number of the signal that ended it.

        It is killed, from outside, when it has told of `kill_after` events.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"life": life, "args": args, "environ": dict(environ or {})}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        events, pid = 0, 0
        for line in self._process.stdout:
            what, _, value = line.strip().partition(" ")
            if what == "exit":
                return int(value)
            if what == "pid":
                pid = int(value)
            events += what == "event"
            if what in ("pid", "event") and events == kill_after:
                os.kill(pid, signal.SIGKILL)
        raise RuntimeError("The nursery died.")


def serve(lives: Mapping[str, Callable[..., None]]) -> None:
    """The side that takes orders."""
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _live(lives[order["life"]], order["args"], order["environ"])
        _tell(f"pid {pid}")
        _, status = os.waitpid(pid, 0)
        _tell(f"exit {os.waitstatus_to_exitcode(status)}")


def _live(life: Callable[..., None], args: Sequence[str], environ: Mapping[str, str]) -> None:
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.update(environ)
        life(*args)
        code = 0
    except BaseException:  # noqa: BLE001 the process ends here, whatever it was
        traceback.print_exc()
    finally:
        os._exit(code)


def tell_event() -> None:
    """Called by a child for each event that it has journaled."""
    _tell("event")


def _tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    from tests.chaos import crowd, program

    logging.disable(logging.WARNING)
    serve({"conversation": program.main, "crowd": crowd.main})
