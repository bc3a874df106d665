"""The runtime on Ray: hosts, placement, supervision, the Serve gateway. The one importer of ray."""

from liteagent.cluster.attendants import Attendant, AttendantParts, Attendants, BuildAttendant
from liteagent.cluster.cluster import Cluster, ClusterStatus
from liteagent.cluster.config import ChooseAttendants, ClusterConfig
from liteagent.cluster.edge import App
from liteagent.cluster.errors import (
    AlreadyRunningError,
    GatewayFailedError,
    NotRunningError,
    UnsharedJournalError,
)
from liteagent.cluster.host import HostStats
from liteagent.cluster.identity import Identity
from liteagent.cluster.node import Node, NodeConfig
from liteagent.cluster.runtime import RayRuntime
from liteagent.cluster.serve import BuildGateway, GatewayParts
from liteagent.cluster.stages import OnStage, Stage, StageName
from liteagent.cluster.start import attach, start
from liteagent.cluster.supervision import HostReport
from liteagent.cluster.tools import RayToolRunner

__all__ = [
    "AlreadyRunningError",
    "App",
    "Attendant",
    "AttendantParts",
    "Attendants",
    "BuildAttendant",
    "BuildGateway",
    "ChooseAttendants",
    "Cluster",
    "ClusterConfig",
    "ClusterStatus",
    "GatewayFailedError",
    "GatewayParts",
    "HostReport",
    "HostStats",
    "Identity",
    "Node",
    "NodeConfig",
    "NotRunningError",
    "OnStage",
    "RayRuntime",
    "RayToolRunner",
    "Stage",
    "StageName",
    "UnsharedJournalError",
    "attach",
    "start",
]
