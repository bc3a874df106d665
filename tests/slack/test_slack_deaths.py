"""The adapter's process dies at every step of a conversation, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from liteagent.testing.answers import Answer, call, calls
from liteagent.testing.runtime import AgentRig
from liteagent.testing.script import Reply
from tests.fixtures.rigs import gated, script
from tests.slack.bench import Bench

CALLS = (
    "users.info",
    "assistant.threads.setStatus",
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
    "chat.postMessage",
    "chat.update",
)


def answers() -> dict[str, Reply]:
    """A call that needs consent after some text, and a long answer behind it."""
    return {
        "work": calls(call("restart", name="web"), text="I shall restart it."),
        "did restart": Answer(pieces=("It is restarted.", *["\nAll is well."] * 20)),
    }


FINAL = "It is restarted.\n" + "\n".join(["All is well."] * 20)


async def whole_conversation(bench: Bench) -> str:
    """From the mention to the last answer, however often the adapter dies meanwhile."""
    thread = await bench.mention("work")
    card = await bench.card(thread)
    click = await bench.slack.click(bench.bob, bench.channel, card.ts, "Approve")
    if not click.acked and bench.open_card(thread) is not None:
        # the person saw a warning, and clicks again
        await bench.slack.click(bench.bob, bench.channel, card.ts, "Approve")
    await bench.shows(thread, "I shall restart it.", FINAL)
    await bench.settled(thread, "approved by bob")
    return thread


async def check(bench: Bench, thread: str) -> None:
    """Turns equal messages, the tool ran once, every answer stands there once."""
    assert await bench.heard(thread) == ["work"]
    completed = await bench.rig.of_type(bench.session(thread), "turn.completed")
    assert len(completed) == 1
    assert bench.rig.sink.calls("restart") == [{"name": "web"}]
    assert len(bench.cards(thread)) == 1
    assert bench.slack.violations == []


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("method", CALLS)
async def test_it_dies_in_the_midst_of_a_call_that_arrives(method: str, nth: int) -> None:
    async with Bench(gated(answers()), answer_seconds=3.0) as bench:

        async def kill() -> None:
            await bench.slack.until(lambda: len(bench.slack.calls_of(method)) >= nth, 60)
            await bench.again()

        if nth == 1:
            bench.slack.faults.hold(method)
        killing = asyncio.create_task(kill())
        thread = await whole_conversation(bench)
        killing.cancel()
        await asyncio.gather(killing, return_exceptions=True)
        await check(bench, thread)


async def test_a_click_while_it_is_down_is_not_acknowledged_and_counts_when_made_again() -> None:
    async with Bench(gated()) as bench:
        thread = await bench.mention("go")
        card = await bench.card(thread)
        await bench.close()
        assert not (await bench.slack.click(bench.bob, bench.channel, card.ts, "Approve")).acked
        await bench.open()
        assert (await bench.slack.click(bench.bob, bench.channel, card.ts, "Approve")).acked
        await bench.shows(thread, "ok")


async def test_what_is_said_while_it_is_down_is_answered_when_it_is_back() -> None:
    async with Bench(AgentRig(script())) as bench:
        thread = await bench.mention("one")
        await bench.shows(thread, "ok")
        await bench.close()
        await bench.answer("two", thread)
        await bench.open()
        await bench.shows(thread, "ok", "ok")
        assert await bench.heard(thread) == ["one", "two"]


async def test_what_the_agent_says_while_it_is_down_is_posted_when_it_is_back() -> None:
    gate = asyncio.Event()
    answer = Answer(pieces=("Here it is.",), gate=gate, gate_after=0)
    async with Bench(AgentRig(script({"tell": answer}))) as bench:
        thread = await bench.mention("tell")
        session = bench.session(thread)
        while not await bench.rig.of_type(session, "model.requested"):
            await asyncio.sleep(0)
        await bench.close()
        gate.set()
        while not await bench.rig.of_type(session, "turn.completed"):
            await asyncio.sleep(0)
        await bench.open()
        await bench.shows(thread, "Here it is.")


async def test_a_form_that_was_opened_before_it_died_counts_afterwards() -> None:
    async with Bench(gated()) as bench:
        thread = await bench.mention("go")
        card = await bench.card(thread)
        await bench.slack.click(bench.bob, bench.channel, card.ts, "Reject…")
        (form,) = await bench.slack.until(lambda: bench.slack.views.open(bench.bob))
        await bench.again()
        sent = await bench.slack.submit(bench.bob, form.id, {"la:reason": "not now"})
        assert sent.acked
        await bench.shows(thread, "ok")
        await bench.settled(thread, "rejected by bob: not now")


@pytest.mark.parametrize("point", [0, 1, 2, 3])
async def test_the_host_dies_with_it(point: int) -> None:
    """At the mention, at the card, at the click, at the answer."""
    rig = gated(answers())
    async with Bench(rig) as bench:

        async def die(step: int) -> None:
            if step == point:
                await bench.close()
                await rig.restart(settle=False)
                await bench.open()

        thread = await bench.mention("work")
        await bench.slack.until(lambda: bench.slack.acks)
        await die(0)
        card = await bench.card(thread)
        await die(1)
        clicked: Any = await bench.slack.click(bench.bob, bench.channel, card.ts, "Approve")
        assert clicked.acked
        await die(2)
        await bench.shows(thread, "I shall restart it.", FINAL)
        await die(3)
        await bench.settled(thread, "approved by bob")
        await bench.shows(thread, "I shall restart it.", FINAL)
        await check(bench, thread)
