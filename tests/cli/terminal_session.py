"""A program at a terminal of its own: what it shows is waited for, never slept for."""

from __future__ import annotations

import codecs
import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

PATIENCE = 120.0
"""Seconds until something that does not come counts as a failure."""
PRESS_AGAIN = 20.0
"""Seconds: far longer than a key takes to be noticed, so that none is pressed once too often."""


class TerminalSession:
    """The keyboard and the screen of one program."""

    def __init__(self, process: subprocess.Popen[bytes], master: int, patience: float) -> None:
        self._process, self._master, self._patience = process, master, patience
        self.pid = process.pid
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._shown = ""
        self.all_shown = ""

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def wait_for(self, text: str) -> str:
        """What was shown up to and with `text`, since the last wait."""
        deadline = time.monotonic() + self._patience
        while text not in self._shown:
            assert self._read(deadline), f"{text!r} did not come; shown was:\n{self._shown}"
        head, found, self._shown = self._shown.partition(text)
        return head + found

    def press_until(self, key: str, text: str) -> str:
        """Press a key until `text` is shown, as a person does whose key was not noticed.

        CPython's `input` misses a signal that comes between showing the prompt and reading it,
        which a program is quick enough to hit.
        """
        deadline = time.monotonic() + self._patience
        while text not in self._shown and self._process.poll() is None:
            assert time.monotonic() < deadline, f"{text!r} did not come:\n{self._shown}"
            self.type(key)
            again = time.monotonic() + PRESS_AGAIN
            while text not in self._shown and self._read(again):
                pass
        return self.wait_for(text)

    def exit_code(self) -> int:
        """How the program ended; shows the rest."""
        deadline = time.monotonic() + self._patience
        while self._read(deadline):
            pass
        return self._process.wait(self._patience)

    def _read(self, deadline: float) -> bool:
        left = max(0.0, deadline - time.monotonic())
        if not select.select([self._master], [], [], left)[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the program has let go of its terminal
            return False
        text = self._decoder.decode(data).replace("\r\n", "\n")
        self._shown += text
        self.all_shown += text
        return bool(data)


@contextmanager
def at_terminal(
    args: Sequence[str], environ: Mapping[str, str], *, patience: float = PATIENCE
) -> Generator[TerminalSession]:
    """Run a program at a terminal; whatever is left of it at the end is killed."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        args,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "dumb", "PYTHONUTF8": "1", **environ},
        start_new_session=True,
        preexec_fn=_own_terminal,
    )
    os.close(slave)
    try:
        yield TerminalSession(process, master, patience)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        os.close(master)


def _own_terminal() -> None:
    """Make the terminal the program's own, so that Ctrl-C reaches it."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
