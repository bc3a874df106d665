"""Who the actors of a cluster are."""

from __future__ import annotations

import os
from dataclasses import dataclass

from liteagent.cluster.actors import library
from liteagent.cluster.ownership import owner_name

SUPERVISOR = "supervisor"
"""The actor that starts the hosts; there is none before they run and when they are drained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One incarnation of a named host."""

    host: str
    cluster: str
    """Ray's name for this cluster since it was started."""
    incarnation: str
    pid: int
    node: str
    """Ray's id of the machine."""
    restarted: bool
    """Whether Ray started it again after an earlier incarnation died."""

    @property
    def owner(self) -> str:
        """Its name in the journal."""
        return owner_name(self.cluster, self.host, self.incarnation)


def identify(host: str) -> Identity:
    """The actor that this process is."""
    context = library().get_runtime_context()
    return Identity(
        host=host,
        cluster=context.get_session_name(),
        incarnation=context.get_worker_id()[:16],
        pid=os.getpid(),
        node=context.get_node_id(),
        restarted=context.was_current_actor_reconstructed,
    )
