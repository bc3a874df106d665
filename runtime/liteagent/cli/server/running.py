"""Which server runs over a data directory: a small file that `up` writes and the others read."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from liteagent.folders import make_folder

FILE = "server.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningServer:
    """A server and the process that it is."""

    pid: int
    started: float
    """When the process began, as the system says: a reused pid is not taken for it."""
    url: str
    ray: str
    """The address of its Ray cluster, for whoever joins it."""

    @property
    def is_alive(self) -> bool:
        """Whether the process is there. One that ended and that nobody asked about yet is not."""
        import psutil

        try:
            process = psutil.Process(self.pid)
            mine = process.create_time() == self.started
            return mine and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False


def this_process(url: str, ray: str) -> RunningServer:
    """A server in this process."""
    import psutil

    started = psutil.Process().create_time()
    return RunningServer(pid=os.getpid(), started=started, url=url, ray=ray)


def last_known(home: Path) -> RunningServer | None:
    """The server that the file tells of: it runs over this data directory, or was killed."""
    try:
        return RunningServer(**json.loads((home / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # none, or half a file of a machine that lost power
        return None


def find_running(home: Path) -> RunningServer | None:
    """The server that runs over this data directory, if one does."""
    found = last_known(home)
    return found if found is not None and found.is_alive else None


def remember(home: Path, server: RunningServer) -> None:
    """Write the file, in place of an older one."""
    make_folder(home)  # a journal elsewhere has not made it
    draft = home / f".{FILE}.{secrets.token_hex(4)}"
    draft.write_text(json.dumps(asdict(server)), encoding="utf-8")
    os.replace(draft, home / FILE)


def forget(home: Path, server: RunningServer) -> None:
    """Take the file away, unless it is about another one by now."""
    if find_running(home) == server:
        with suppress(FileNotFoundError):
            (home / FILE).unlink()
