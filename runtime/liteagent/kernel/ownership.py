"""Who may take an entity over from whom."""

from __future__ import annotations

import os
import socket
from typing import Protocol

from liteagent.errors import ConflictError
from liteagent.journal import HeadRow


class OwnedElsewhereError(ConflictError):
    """A live process is working on the entity; taking it over would interrupt that work."""

    error_code = "owned_elsewhere"

    def __init__(self, entity: str, owner: str) -> None:
        self.entity, self.owner = entity, owner
        super().__init__(
            f"{entity} is being worked on by {owner}: talk to that one (--server URL), or wait."
        )


class Ownership(Protocol):
    """How a host names itself and which owners it may displace. Safety does not rest on this:
    epochs fence.
    """

    @property
    def name(self) -> str: ...

    def may_take(self, row: HeadRow) -> bool:
        """Whether this host may claim the entity of `row`."""
        ...


class Liveness(Protocol):
    """Who this process is among those that may do the same work, and which of them are gone."""

    @property
    def name(self) -> str: ...

    def is_gone(self, name: str) -> bool:
        """Whether whoever had this name surely does nothing any more."""
        ...


class ProcessOwnership:
    """Owners are processes of this machine: `hostname/pid/start`.

    An entity that rests may be taken by anybody; one with work under way only from a process that
    is gone. Of another machine's processes nothing is known here, so they count as alive.
    """

    def __init__(self) -> None:
        self._host = socket.gethostname()
        self._name = f"{self._host}/{os.getpid()}/{_started(os.getpid())}"

    @property
    def name(self) -> str:
        return self._name

    def may_take(self, row: HeadRow) -> bool:
        if row.head.status != "running" or row.owner in ("", self._name):
            return True
        return self.is_gone(row.owner)

    def is_gone(self, name: str) -> bool:
        """Whether that process has ended, as far as can be known here."""
        host, _, rest = name.rpartition("/")[0].partition("/")
        started = name.rpartition("/")[2]
        if host != self._host or not rest.isdigit():
            return False
        return _started(int(rest)) != started


def _started(pid: int) -> str:
    """When a process started, which tells a reused pid; empty when there is none that runs."""
    import psutil  # costs 20 ms, and only whoever owns something needs it

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""  # it was killed, and nobody has asked how it ended
        return str(int(process.create_time() * 100))
    except psutil.NoSuchProcess:
        return ""
