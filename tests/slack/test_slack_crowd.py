"""Many threads at once on a bad day: nothing is lost, nothing answered twice, order is kept."""

from __future__ import annotations

import os
import random
import re

from tests.slack.bench import Bench

from liteagent.messages import ModelRequest
from liteagent.testing import Answer, ScriptedModel, says
from liteagent.testing.runtime import AgentRig
from liteagent.testing.script import last_texts

ROUNDS = int(os.environ.get("LITEAGENT_CHAOS_ROUNDS", "1"))
THREADS, MESSAGES = 10 * ROUNDS, 4
PATIENCE = 120.0 * ROUNDS


def echo(request: ModelRequest) -> Answer:
    return says(f"re {last_texts(request)[-1]}")


async def test_a_crowd_on_a_bad_day_is_answered_message_by_message() -> None:
    model = ScriptedModel()
    model.on(re.compile(""), echo)
    chance = random.Random(7)
    async with Bench(AgentRig(model)) as bench:
        slack = bench.slack
        channels = [slack.add_channel(f"c{n}", members=[bench.ann]) for n in range(THREADS)]
        slack.faults.at_random(seed=7, rate=0.05)
        threads = {
            channel: await slack.say(bench.ann, channel, f"<@{slack.bot}> {channel} 0")
            for channel in channels
        }
        for number in range(1, MESSAGES):
            for channel in chance.sample(channels, len(channels)):
                match chance.randrange(6):
                    case 0:
                        slack.faults.duplicate()
                    case 1:
                        slack.faults.lose_acks()
                    case 2:
                        slack.faults.drop_after_ack()
                    case _:
                        pass
                await slack.say(bench.ann, channel, f"{channel} {number}", threads[channel])
            slack.faults.drop_sockets()

        def all_answered() -> bool:
            wanted = {f"re {channel} {n}" for channel in channels for n in range(MESSAGES)}
            shown = {
                text for channel in channels for text in bench.texts(threads[channel], channel)
            }
            return wanted <= shown

        await slack.until(all_answered, PATIENCE)
        slack.faults.clear()
        for channel in channels:
            expected = [f"{channel} {n}" for n in range(MESSAGES)]
            assert await bench.heard(threads[channel], channel) == expected
            await bench.shows(threads[channel], *(f"re {e}" for e in expected), channel=channel)
        assert slack.violations == []
