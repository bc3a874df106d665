"""What several processes measured, as one text for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import Metric

UNREACHABLE = "liteagent_hosts_unreachable"


def exposition(by_host: Mapping[str, Iterable[Metric]], *, unreachable: int) -> bytes:
    """Every process's metrics under one name each. A sample's label `host` says whose it is, unless
    it is about another host already; `unreachable` are the hosts that did not say theirs in time.
    """
    from prometheus_client import generate_latest
    from prometheus_client.core import GaugeMetricFamily

    merged = _Merged()
    merged.add(
        "", [GaugeMetricFamily(UNREACHABLE, "Hosts that did not answer in time.", unreachable)]
    )
    for host, measured in by_host.items():
        merged.add(host, measured)
    return generate_latest(merged)


class _Merged:
    """As a registry is to Prometheus' writer."""

    def __init__(self) -> None:
        self._families: dict[str, Metric] = {}

    def add(self, host: str, measured: Iterable[Metric]) -> None:
        from prometheus_client import Metric

        for family in measured:
            name = family.name
            if name not in self._families:
                self._families[name] = Metric(name, family.documentation, family.type)
            whose = {"host": host} if host else {}
            self._families[name].samples += [
                sample._replace(labels={**whose, **sample.labels}) for sample in family.samples
            ]

    def collect(self) -> Iterable[Metric]:
        return self._families.values()
