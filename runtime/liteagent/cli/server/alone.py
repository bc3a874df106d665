"""One server over a data directory, from the first moment of its start."""

from __future__ import annotations

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from liteagent.errors import ConflictError
from liteagent.folders import make_folder

FILE = "server.lock"


@contextmanager
def alone(home: Path) -> Generator[None]:
    """Keep every other start away from this data directory; the system lets go when this process
    ends, however it ends. Raises `ConflictError` where another one is there already.
    """
    make_folder(home)
    with (home / FILE).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConflictError(
                f"Another `liteagent up` is starting or stopping over {home}: wait for it, or set"
                " LITEAGENT_HOME elsewhere."
            ) from error
        except OSError:  # a file system without locks
            pass
        yield
