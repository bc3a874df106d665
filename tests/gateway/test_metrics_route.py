"""`/metrics`: one scrape shows the whole cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from liteagent.observability import Metrics
from tests.gateway.door import MakeDoor

Sampled = Mapping[tuple[str, str], float]


async def scrape() -> Mapping[str, Sequence[Metric] | None]:
    one, other = Metrics(), Metrics()
    one.sessions_active(3)
    other.sessions_active(4)
    return {"shared/0": one.collect(), "shared/1": other.collect(), "shared/2": None}


def samples(text: str) -> Sampled:
    """By name and host."""
    found: dict[tuple[str, str], float] = {}
    names: list[str] = []
    for family in text_string_to_metric_families(text):
        names.append(family.name)
        for sample in family.samples:
            found[sample.name, sample.labels.get("host", "")] = sample.value
    assert len(names) == len(set(names)), "a family has one place"
    return found


async def test_what_the_hosts_measured_is_shown_under_their_names(make_door: MakeDoor) -> None:
    async with make_door(app={"scrape": scrape}) as door, door.http(key="") as http:
        await http.get("/livez")
        answer = await http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    said = samples(answer.text)
    assert said["liteagent_sessions_active", "shared/0"] == 3
    assert said["liteagent_sessions_active", "shared/1"] == 4
    assert said["liteagent_http_requests_total", "gateway"] >= 1


async def test_a_host_that_does_not_answer_is_left_out_and_counted(make_door: MakeDoor) -> None:
    async with make_door(app={"scrape": scrape}) as door, door.http(key="") as http:
        said = samples((await http.get("/metrics")).text)
    assert said["liteagent_hosts_unreachable", ""] == 1
    assert "shared/2" not in {host for _, host in said}
