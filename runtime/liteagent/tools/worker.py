"""The process that one call of an isolated tool runs in; started by `WorkerProcess`.

It gets one request on stdin and answers in frames on stdout: `ready`, any number of `progress`,
then `result` or `error`. The tool's own output goes to stderr. When stdin is closed, which
happens when the process that asked for the call dies, the whole process group ends.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Mapping
from typing import Any, BinaryIO

from liteagent.tools.calls import serve_call
from liteagent.tools.errors import describe
from liteagent.tools.frames import pack, read_frame
from liteagent.tools.secrets import Secrets


class Answers:
    """The pipe back; frames of several threads do not mix."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._lock = threading.Lock()

    def send(self, message: Mapping[str, Any]) -> None:
        with self._lock:
            try:
                self._pipe.write(pack(message))
                self._pipe.flush()
            except BrokenPipeError:  # The parent is gone, which may show here first.
                _end_group()


def main() -> None:
    """Serve one request."""
    requests, answers = _take_pipes()
    request = read_frame(requests)
    threading.Thread(target=_end_with_parent, args=(requests,), daemon=True).start()
    sys.path[:] = request["path"]
    try:
        answer = {"result": serve_call(request, answers.send)}
    except BaseException as error:  # noqa: BLE001 the tool's failure is the answer
        answer = {"error": Secrets(request["secrets"]).redact(describe(error))}
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    answers.send(answer)
    os._exit(0)  # Threads that the tool left behind must not keep the process.


def _take_pipes() -> tuple[BinaryIO, Answers]:
    """The pipes to the parent, out of reach of the tool: it gets an empty stdin, and its stdout is
    its stderr.
    """
    requests, replies = os.dup(0), os.dup(1)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.dup2(2, 1)
    os.close(empty)
    return os.fdopen(requests, "rb"), Answers(os.fdopen(replies, "wb"))


def _end_with_parent(requests: BinaryIO) -> None:
    requests.read()
    _end_group()


def _end_group() -> None:
    """End this process and everything it started."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
