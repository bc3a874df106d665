"""Who may take an entity over on a Ray cluster."""

from __future__ import annotations

from liteagent.journal import HeadRow
from liteagent.kernel import ProcessOwnership

_PREFIX = "ray"


def owner_name(cluster: str, host: str, incarnation: str) -> str:
    """`ray/<cluster>/<host>/<incarnation>`; the host's own name may hold slashes."""
    return f"{_PREFIX}/{cluster}/{host}/{incarnation}"


def host_of(owner: str) -> str | None:
    """The host in an owner's name; None for an owner that is no host of a Ray cluster."""
    prefix, *rest = owner.split("/")
    return "/".join(rest[1:-1]) if prefix == _PREFIX and len(rest) > 2 else None


class RayOwnership:
    """Owners are incarnations of named hosts: of one name no two live at a time.

    So what an older incarnation of this host held may be taken, and what another cluster's hosts
    held as well: whether they live cannot be asked from here, and epochs fence them. Work under way
    on another host of this cluster is left there until somebody has found that host dead and says
    so. For processes of this machine the rule of the in-process runtime holds.
    """

    def __init__(self, cluster: str, host: str, incarnation: str) -> None:
        self._here = owner_name(cluster, "", "").rstrip("/")
        self._name = owner_name(cluster, host, incarnation)
        self._host = host
        self._gone: set[str] = set()
        self._processes = ProcessOwnership()

    @property
    def name(self) -> str:
        return self._name

    def may_take(self, row: HeadRow) -> bool:
        host = host_of(row.owner)
        if host is None:
            return self._processes.may_take(row)
        if row.head.status != "running" or row.owner == self._name:
            return True
        if not row.owner.startswith(f"{self._here}/"):
            return True
        return host == self._host or row.owner in self._gone

    def declare_gone(self, owner: str) -> None:
        """This incarnation is dead: what it held may be taken."""
        self._gone.add(owner)
