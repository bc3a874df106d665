"""What people and whoever runs the adapter are told when Slack does not let it work."""

from __future__ import annotations

import pytest

from liteagent.kernel import Outbox
from liteagent.testing.runtime import AgentRig
from tests.fixtures.rigs import script
from tests.slack.bench import Bench
from tests.slack.listening import QUICK_PING


async def test_a_socket_that_died_silently_is_told_from_a_live_one_and_replaced() -> None:
    async with Bench(AgentRig(script()), ping_seconds=QUICK_PING) as bench:
        await bench.slack.until(lambda: bench.running.health().connected)
        opened = bench.slack.sockets_opened
        bench.slack.faults.stall_sockets()
        await bench.slack.until(lambda: not bench.running.health().connected)
        assert "ping" in bench.running.health().text or "No socket" in bench.running.health().text

        await bench.slack.until(lambda: bench.slack.sockets_opened > opened)
        thread = await bench.mention("hello")
        await bench.shows(thread, "ok")
        await bench.slack.until(lambda: bench.running.health().connected)


async def test_a_bot_token_that_is_revoked_while_it_runs_makes_it_unwell() -> None:
    async with Bench(AgentRig(script())) as bench:
        await bench.slack.until(lambda: bench.running.health().connected)
        bench.slack.secrets.revoked.add(bench.slack.bot_token)
        await bench.mention("hello")
        await bench.slack.until(lambda: not bench.running.health().connected)
        assert "Slack refuses the token in SLACK_BOT_TOKEN" in bench.running.health().text

        bench.slack.secrets.revoked.clear()
        thread = await bench.mention("hello again")
        await bench.shows(thread, "ok")
        await bench.slack.until(lambda: bench.running.health().connected)


async def test_where_the_app_is_not_in_the_channel_whoever_asked_is_told_to_invite_it() -> None:
    async with Bench(AgentRig(script())) as bench:
        elsewhere = bench.slack.add_channel("elsewhere", members=[bench.ann], bot_in=False)
        command = await bench.slack.command(bench.ann, elsewhere, "/agent", "hello")
        assert command.acked
        (told,) = await bench.slack.until(lambda: bench.slack.ephemerals)
        assert told.only_for == bench.ann
        assert "/invite" in bench.slack.text_of(told)


async def test_an_answer_that_may_not_be_posted_is_told_of_in_one_line_and_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Bench(AgentRig(script())) as bench:
        bench.slack.scopes.discard("chat:write")
        await bench.mention("hello")
        outbox = Outbox(bench.rig.runtime, "slack")

        async def given_up() -> list[str]:
            return [each.error async for each in outbox.problems()]

        while not (errors := await given_up()):
            await bench.slack.until(lambda: True)
        assert "lacks the scope chat:write" in errors[0]
        lines = [line for line in caplog.text.splitlines() if "lacks the scope chat:write" in line]
        assert len(lines) == 1
