"""What Prometheus is shown of a running command."""

from __future__ import annotations

from collections.abc import Sequence

from openai import AsyncOpenAI
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.cluster.waiting import until
from tests.e2e.client import Native


async def test_one_scrape_shows_the_turns_of_every_host(
    openai: AsyncOpenAI, native: Native
) -> None:
    hello = {"role": "user", "content": "hello"}
    await openai.chat.completions.create(model="storyteller", messages=[hello])  # pyright: ignore[reportArgumentType]

    async def whole() -> Sequence[Sample]:
        """One to which every host has answered in the second that it has."""
        text = (await native.http.get("/metrics")).text
        samples = [s for family in text_string_to_metric_families(text) for s in family.samples]
        (unreachable,) = [s.value for s in samples if s.name == "liteagent_hosts_unreachable"]
        return samples if unreachable == 0 else ()

    samples = await until(whole)
    turns = [s.value for s in samples if s.name == "liteagent_turns_total" and s.labels["host"]]
    assert sum(turns) >= 1
