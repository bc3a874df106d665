"""What every process of a cluster measured, asked for all at once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from liteagent.cluster.hosts import Hosts
from liteagent.cluster.identity import SUPERVISOR
from liteagent.cluster.supervision import HostReport
from liteagent.cluster.supervisor import reports
from liteagent.errors import LiteAgentException

if TYPE_CHECKING:
    from prometheus_client import Metric

T = TypeVar("T")

SCRAPE_SECONDS = 1.0
"""Nobody waits longer for one who does not answer."""


async def scrape(
    hosts: Hosts, *, seconds: float = SCRAPE_SECONDS
) -> Mapping[str, Sequence[Metric] | None]:
    """By host, what it measured; None for one that did not answer within `seconds`. The
    supervisor's is left out when it does not.
    """
    names = await asyncio.to_thread(hosts.names)
    supervised, measured = await asyncio.gather(
        _soon(reports(hosts.namespace), seconds),
        asyncio.gather(*(_soon(hosts.metrics(name), seconds) for name in names)),
    )
    found: dict[str, Sequence[Metric] | None] = dict(zip(names, measured, strict=True))
    return found if supervised is None else {**found, SUPERVISOR: _of_reports(supervised)}


async def _soon(asking: Coroutine[Any, Any, T], seconds: float) -> T | None:
    with suppress(LiteAgentException, TimeoutError):
        return await asyncio.wait_for(asking, seconds)
    return None


def _of_reports(seen: Sequence[HostReport]) -> Sequence[Metric]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    wanted = GaugeMetricFamily("liteagent_hosts_wanted", "Hosts that are to be there.")
    wanted.add_metric([], sum(report.wanted for report in seen))
    restarts = CounterMetricFamily(
        "liteagent_host_restarts", "Times that a host was started again.", labels=["host"]
    )
    for report in seen:
        restarts.add_metric([report.name], report.restarts)
    return [wanted, restarts]
