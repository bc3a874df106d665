"""Whatever people do and whatever happens, in whatever order: the promises hold.

`LITEAGENT_CHAOS_ROUNDS=20000` plays that many stories, other ones each time.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures.session_world import OVERLAPS, RULES, World

ROUNDS = os.environ.get("LITEAGENT_CHAOS_ROUNDS")
DEEDS = (
    *("message", "message", "message", "message"),
    *("decide", "decide", "decide", "decide", "decide"),
    *("again", "decide_again", "cancel"),
    *("time", "time", "crash", "crash_at", "crash_at", "outage", "hold", "fault", "stop"),
)
steps = st.tuples(st.sampled_from(DEEDS), st.integers(0, 179))
chapters = st.tuples(st.booleans(), st.lists(steps, min_size=1, max_size=3))


@settings(
    max_examples=int(ROUNDS or 1_000),
    derandomize=ROUNDS is None,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    overlap=st.sampled_from(OVERLAPS),
    rule=st.sampled_from(RULES),
    story=st.lists(chapters, min_size=3, max_size=25),
)
def test_whatever_happens_the_promises_hold(
    overlap: str, rule: object, story: Sequence[tuple[bool, Sequence[tuple[str, int]]]]
) -> None:
    asyncio.run(World(overlap, rule).play(story))  # type: ignore[arg-type]
