"""Many conversations at once while the gateway and the REST API do their worst."""

from __future__ import annotations

import asyncio
import os
from random import Random

import pytest

from liteagent.testing.discord import SENDS, Fault
from liteagent.testing.discord.faults import Kind
from tests.discord_adapter.office import Office

ROUNDS = int(os.environ.get("LITEAGENT_CHAOS_ROUNDS", "0"))
GATEWAY = ("cut_gateway", "reconnect_gateway", "invalidate_session")
REST = (
    Fault(kind=Kind.RATE_LIMITED, retry_after=0.02),
    Fault(kind=Kind.RATE_LIMITED, retry_after=0.02, via=False),
    Fault(kind=Kind.SERVER_ERROR, status=503),
    Fault(kind=Kind.SERVER_ERROR, status=503, applied=True),
    Fault(kind=Kind.RESET),
    Fault(kind=Kind.RESET, applied=True),
)


async def storm(threads: int, messages: int, *, seed: int) -> None:
    """`messages` to each of `threads` conversations; each is answered once, and in order."""
    random = Random(seed)
    async with Office() as office:
        opened = [await office.ask("0") for _ in range(threads)]
        await office.until(lambda: all(office.texts(each) for each in opened), seconds=240)
        office.discord.faults.storm(seed=seed, share=0.05, kinds=REST)
        for number in range(1, messages):
            for thread in opened:
                await office.discord.say(office.ann, thread, str(number))
                chance = random.random()
                if chance < 0.02:
                    getattr(office.discord.faults, random.choice(GATEWAY))()
                elif chance < 0.06:
                    office.discord.faults.duplicate_events(name="MESSAGE_CREATE")
                elif chance < 0.10:
                    office.discord.faults.delay_events(name="MESSAGE_CREATE")
                elif chance < 0.12:
                    office.discord.faults.rate_limited(on=SENDS, via=False, retry_after=0.1)
            await asyncio.sleep(0)
        office.discord.faults.cut_gateway()
        expected = [f"You said: {number}" for number in range(messages)]
        await office.until(
            lambda: all(len(office.texts(each)) >= messages for each in opened), seconds=240
        )
        office.discord.faults.storm(seed=0, share=0.0)

        assert [office.texts(each) for each in opened] == [expected] * threads
        for each in opened:
            heard = await office.messages_received(f"{office.guild}:{each}")
            assert heard == [str(number) for number in range(messages)]


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_in_bad_weather_none_is_lost_none_is_answered_twice_and_the_order_is_kept() -> None:
    """500 messages into 50 threads, as often as `LITEAGENT_CHAOS_ROUNDS` says; else fewer."""
    if not ROUNDS:
        await storm(threads=8, messages=8, seed=7)
    for seed in range(ROUNDS):
        await storm(threads=50, messages=10, seed=seed)
