"""Whole conversations over the unmodified library."""

from __future__ import annotations

import asyncio

import pytest

from liteagent.testing import Answer, call, calls
from liteagent.testing.runtime import AgentRig
from tests.fixtures.rigs import gated, script
from tests.slack.bench import OPINION, Bench, ops
from tests.slack.listening import QUICK_PING


async def test_a_mention_is_answered_in_its_thread_and_the_thread_goes_on_without_one() -> None:
    async with Bench(AgentRig(script({"hello": "Hi Ann."}))) as bench:
        thread = await bench.mention("hello")
        await bench.shows(thread, "Hi Ann.")
        await bench.answer("and?", thread)
        await bench.shows(thread, "Hi Ann.", "ok")

        assert await bench.heard(thread) == ["hello", "and?"]
        assert bench.slack.violations == []


async def test_a_long_answer_is_streamed_while_it_is_written() -> None:
    gate = asyncio.Event()
    pieces = ("The first line of it.\n", *["and more of it\n"] * 20)
    answer = Answer(pieces=pieces, gate=gate, gate_after=3)
    async with Bench(AgentRig(script({"tell": answer}))) as bench:
        thread = await bench.mention("tell")
        await bench.slack.until(lambda: bench.slack.calls_of("chat.startStream"))
        assert answer.text.startswith(bench.texts(thread)[0])
        gate.set()
        await bench.shows(thread, answer.text.strip())
        streams = bench.slack.workspace.streams.values()
        await bench.slack.until(lambda: all(stream.stopped for stream in streams))
        await bench.slack.until(lambda: bench.slack.status(bench.channel, thread) == "")


@pytest.mark.parametrize("fault", ["expire_stream_after", "refresh_after", "drop_after"])
async def test_a_stream_that_breaks_off_loses_no_text(fault: str) -> None:
    gate = asyncio.Event()
    answer = Answer(pieces=("One line.\n", *["and one more\n"] * 30), gate=gate, gate_after=2)
    async with Bench(AgentRig(script({"tell": answer})), ping_seconds=QUICK_PING) as bench:
        getattr(bench.slack.faults, fault)("chat.startStream")
        thread = await bench.mention("tell")
        await bench.slack.until(lambda: bench.slack.calls_of("chat.startStream"))
        gate.set()
        await bench.shows(thread, answer.text.strip())


async def test_a_tool_is_edited_in_a_form_that_says_what_is_wrong_then_approved_and_run() -> None:
    async with Bench(ops()) as bench:
        thread = await bench.mention("go")
        card = await bench.card(thread)
        assert (await bench.slack.click(bench.bob, bench.channel, card.ts, "Edit…")).acked
        (form,) = await bench.slack.until(lambda: bench.slack.views.open(bench.bob))

        wrong = await bench.slack.submit(bench.bob, form.id, {"la:times": "eleven"})
        assert list(wrong.errors) == ["la:times"]
        assert bench.slack.views.open(bench.bob) == [form]
        right = await bench.slack.submit(bench.bob, form.id, {"la:times": "2", "la:name": "db"})
        assert right.errors == {}
        await bench.shows(thread, "ok")

        assert bench.rig.sink.calls("restart") == [{"name": "db", "times": 2}]
        await bench.settled(thread, "approved by bob")
        assert bench.slack.violations == []


async def test_the_same_in_a_direct_message() -> None:
    async with Bench(gated()) as bench:
        dm = bench.slack.open_dm(bench.ann)
        await bench.slack.say(bench.ann, dm, "go")
        card = await bench.card(None, dm)
        assert (await bench.slack.click(bench.ann, dm, card.ts, "Approve")).acked
        await bench.shows(None, "ok", channel=dm)
        assert bench.rig.sink.calls("restart") == [{"name": "web"}]


async def test_the_same_by_slash_command() -> None:
    async with Bench(gated()) as bench:
        command = await bench.slack.command(bench.ann, bench.channel, "/agent", "go")
        assert command.acked
        roots = await bench.slack.until(lambda: bench.ours(None))
        thread = roots[0].ts
        card = await bench.card(thread)
        await bench.slack.click(bench.bob, bench.channel, card.ts, "Approve")
        await bench.slack.until(lambda: bench.texts(thread)[-1] == "ok")
        assert await bench.heard(thread) == ["go"]


async def test_a_command_of_the_service_itself_is_answered_to_whoever_gave_it() -> None:
    async with Bench(gated()) as bench:
        await bench.slack.command(bench.ann, bench.channel, "/agent", "approvals")
        (told,) = await bench.slack.until(lambda: bench.slack.ephemerals)
        assert told.only_for == bench.ann
        assert "nothing for you to decide" in bench.slack.text_of(told)


async def test_a_reason_reaches_the_agent() -> None:
    async with Bench(gated()) as bench:
        thread = await bench.mention("go")
        card = await bench.card(thread)
        await bench.slack.click(bench.bob, bench.channel, card.ts, "Reject…")
        (form,) = await bench.slack.until(lambda: bench.slack.views.open(bench.bob))
        await bench.slack.submit(bench.bob, form.id, {"la:reason": "not on a Friday"})
        await bench.shows(thread, "ok")

        assert bench.rig.sink.calls() == []
        await bench.settled(thread, "rejected by bob: not on a friday")


async def test_of_two_who_click_at_once_one_decides_and_the_other_is_told_who() -> None:
    async with Bench(gated()) as bench:
        thread = await bench.mention("go")
        card = await bench.card(thread)
        clicks = await asyncio.gather(
            *(
                bench.slack.click(who, bench.channel, card.ts, "Approve")
                for who in (bench.ann, bench.bob)
            )
        )
        assert all(click.acked for click in clicks)
        await bench.shows(thread, "ok")
        (told,) = await bench.slack.until(lambda: bench.slack.ephemerals)

        assert len(bench.rig.sink.calls("restart")) == 1
        winner = bench.bob if told.only_for == bench.ann else bench.ann
        name = bench.slack.workspace.users[winner].name
        assert f"{name} approved this already" in bench.slack.text_of(told)


async def test_a_click_on_a_card_that_is_settled_is_answered_after_a_restart_too() -> None:
    async with Bench(gated()) as bench:
        thread = await bench.mention("go")
        card = await bench.card(thread)
        button = next(
            each
            for block in card.blocks
            if block["type"] == "actions"
            for each in block["elements"]
            if each["text"]["text"] == "Approve"
        )
        await bench.slack.click(bench.ann, bench.channel, card.ts, "Approve")
        await bench.shows(thread, "ok")
        await bench.again()

        click = await bench.slack.click_old(bench.bob, bench.channel, card.ts, button)
        assert click.acked
        (told,) = await bench.slack.until(lambda: bench.slack.ephemerals)
        assert "approved this already" in bench.slack.text_of(told)

        forged = button | {"value": button["value"][:-4] + "AAAA"}
        await bench.slack.click_old(bench.bob, bench.channel, card.ts, forged)
        await bench.slack.until(lambda: len(bench.slack.ephemerals) == 2)
        assert "not made by this agent" in bench.slack.text_of(bench.slack.ephemerals[1])
        assert len(bench.rig.sink.calls("restart")) == 1


async def test_somebody_who_left_the_group_between_card_and_click_does_not_decide() -> None:
    rule = {"approvers": {"slack_groups": ["sre"]}}
    async with Bench(gated(approval={"restart": rule})) as bench:
        group = bench.slack.add_group("sre", [bench.bob])
        thread = await bench.mention("go", by=bench.bob)
        card = await bench.card(thread)
        bench.slack.workspace.groups[group].members.clear()
        await bench.slack.click(bench.bob, bench.channel, card.ts, "Approve")
        await bench.slack.until(lambda: bench.slack.ephemerals)
        assert bench.rig.sink.calls() == []

        bench.slack.workspace.groups[group].members.append(bench.ann)
        await bench.slack.click(bench.ann, bench.channel, card.ts, "Approve")
        await bench.shows(thread, "ok")


async def test_the_home_lists_what_waits_for_this_person_and_takes_the_decision() -> None:
    async with Bench(gated()) as bench:
        thread = await bench.mention("go")
        await bench.card(thread)
        await bench.slack.open_home(bench.bob)
        home = await bench.slack.until(lambda: bench.slack.views.home(bench.bob))
        assert "agent asks to run restart" in str(home.body)

        click = await bench.slack.click_view(bench.bob, home.id, "Approve")
        assert click.acked
        await bench.shows(thread, "ok")
        await bench.settled(thread, "approved by bob")
        await bench.slack.until(lambda: "Nothing waits for your decision." in str(home.body))


async def test_people_say_what_they_think_of_an_answer_and_not_of_what_comes_before_it() -> None:
    async with Bench(gated({"go": calls(call("restart", name="web"), text="I shall.")})) as bench:
        thread = await bench.mention("go")
        card = await bench.card(thread)
        await bench.slack.click(bench.bob, bench.channel, card.ts, "Approve")
        await bench.shows(thread, "I shall.", "ok")
        first, _, last = bench.ours(thread)
        assert OPINION not in bench.slack.text_of(first)

        click = await bench.slack.click(bench.ann, bench.channel, last.ts, "Good answer")
        assert click.acked
        (record,) = await bench.rig.journal.records("chat-feedback/slack")
        assert (record.value["opinion"], record.value["thread"]) == ("good", thread)


async def test_a_streamed_answer_asks_for_opinions_when_it_is_complete() -> None:
    gate = asyncio.Event()
    answer = Answer(pieces=("One line.", *["\nand one more"] * 30), gate=gate, gate_after=2)
    async with Bench(AgentRig(script({"tell": answer}))) as bench:
        thread = await bench.mention("tell")
        await bench.slack.until(lambda: bench.slack.calls_of("chat.startStream"))
        assert OPINION not in bench.slack.text_of(bench.ours(thread)[0])
        gate.set()
        await bench.slack.until(lambda: OPINION in bench.slack.text_of(bench.ours(thread)[0]))
        await bench.shows(thread, answer.text)
        assert bench.slack.calls_of("chat.update") == []


@pytest.mark.parametrize("fault", ["duplicate", "lose_acks"])
async def test_what_is_delivered_again_is_answered_once(fault: str) -> None:
    async with Bench(AgentRig(script())) as bench:
        getattr(bench.slack.faults, fault)(2)
        thread = await bench.mention("hello")
        await bench.shows(thread, "ok")
        await bench.slack.redeliver()
        await bench.answer("again", thread)
        await bench.shows(thread, "ok", "ok")
        assert await bench.heard(thread) == ["hello", "again"]


async def test_messages_that_change_places_on_the_way_are_heard_in_their_order() -> None:
    async with Bench(AgentRig(script())) as bench:
        thread = await bench.mention("one")
        await bench.shows(thread, "ok")
        bench.slack.faults.reorder(3)
        for text in ("two", "three", "four"):
            await bench.answer(text, thread)
        await bench.shows(thread, *["ok"] * 4)
        assert await bench.heard(thread) == ["one", "two", "three", "four"]


@pytest.mark.parametrize(
    "method", ["chat.postMessage", "chat.startStream", "chat.update", "users.info"]
)
async def test_too_many_calls_lose_and_double_nothing(method: str) -> None:
    async with Bench(gated()) as bench:
        bench.slack.faults.rate_limit(method, times=2, retry_after=0)
        thread = await bench.mention("go")
        card = await bench.card(thread)
        await bench.slack.click(bench.bob, bench.channel, card.ts, "Approve")
        await bench.shows(thread, "ok")
        await bench.settled(thread, "approved by bob")


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update", "chat.startStream"])
async def test_connections_that_break_lose_and_double_nothing(method: str, applied: bool) -> None:
    async with Bench(gated()) as bench:
        bench.slack.faults.reset(method, applied=applied)
        thread = await bench.mention("go")
        card = await bench.card(thread)
        await bench.slack.click(bench.bob, bench.channel, card.ts, "Approve")
        await bench.shows(thread, "ok")
        await bench.settled(thread, "approved by bob")
        assert len(bench.cards(thread)) == 1


async def test_what_is_said_while_the_socket_is_gone_is_answered_when_it_is_back() -> None:
    async with Bench(AgentRig(script()), ping_seconds=QUICK_PING) as bench:
        thread = await bench.mention("one")
        await bench.shows(thread, "ok")
        bench.slack.faults.refuse_sockets()
        bench.slack.faults.drop_sockets()
        await bench.answer("two", thread)
        bench.slack.faults.accept_sockets()
        await bench.shows(thread, "ok", "ok")
        assert await bench.heard(thread) == ["one", "two"]


async def test_guests_are_refused_once_with_a_sentence() -> None:
    async with Bench(AgentRig(script())) as bench:
        guest = bench.slack.add_user("gil", guest=True)
        bench.slack.join(guest, bench.channel)
        thread = await bench.mention("hello", by=guest)
        (told,) = await bench.slack.until(lambda: bench.slack.ephemerals)
        assert told.only_for == guest
        assert "allow_guests" in bench.slack.text_of(told)
        assert bench.texts(thread) == []


LUXURIES = (
    "assistant.threads.setStatus",
    "chat.getPermalink",
    "chat.postEphemeral",
    "chat.startStream",
    "conversations.history",
    "conversations.info",
    "conversations.replies",
    "reactions.add",
    "usergroups.list",
    "users.conversations",
    "users.info",
    "views.publish",
)


@pytest.mark.parametrize("is_open", [True, False])
async def test_what_knows_messages_and_views_alone_is_served_all_the_same(is_open: bool) -> None:
    async with Bench(ops()) as bench:
        for method in LUXURIES:
            if is_open:
                bench.slack.faults.refuse("unknown_method", method, times=1000)
            else:
                bench.slack.faults.say_little(method, times=1000)
        root = await bench.slack.say(bench.bob, bench.channel, "the db is slow")
        await bench.answer(f"<@{bench.slack.bot}> hello", root)
        await bench.shows(root, "ok")
        command = await bench.slack.command(bench.ann, bench.channel, "/agent", "hello")
        assert command.acked
        (asked,) = await bench.slack.until(lambda: bench.ours(None))
        await bench.shows(asked.ts, f"<@{bench.ann}> asks: hello", "ok")
        thread = await bench.mention("go")
        card = await bench.card(thread)
        assert (await bench.slack.click(bench.bob, bench.channel, card.ts, "Approve")).acked
        await bench.shows(thread, "ok")
        assert bench.rig.sink is not None
        assert len(bench.rig.sink.calls("restart")) == 1


async def test_a_crowd_of_messages_asks_once_who_is_who() -> None:
    async with Bench(AgentRig(script())) as bench:
        said = [
            await bench.slack.say(bench.ann, bench.channel, f"<@{bench.slack.bot}> hi {number}")
            for number in range(5)
        ]
        await bench.slack.until(lambda: all(bench.texts(each) for each in said))
        assert len(bench.slack.calls_of("usergroups.list")) == 1
        assert len(bench.slack.calls_of("users.info")) == 1
        assert bench.slack.calls_of("conversations.replies") == []


async def test_a_slash_command_in_a_channel_that_others_share_is_refused() -> None:
    async with Bench(AgentRig(script())) as bench:
        shared = bench.slack.add_channel("partners", shared=True, members=[bench.ann])
        assert (await bench.slack.command(bench.ann, shared, "/agent", "hello")).acked
        await bench.slack.until(lambda: bench.slack.ephemerals)
        assert "allow_external: true" in bench.slack.text_of(bench.slack.ephemerals[-1])
        assert bench.ours(None, shared) == []


async def test_who_chooses_a_shortcut_is_told_what_to_do_instead() -> None:
    async with Bench(AgentRig(script())) as bench:
        root = await bench.answer("hello", "")
        chosen = await bench.slack.shortcut(bench.ann, "ask", channel=bench.channel, ts=root)
        assert chosen.acked
        (told,) = await bench.slack.until(lambda: bench.slack.ephemerals)
        assert told.only_for == bench.ann
        assert "mention me" in bench.slack.text_of(told)
