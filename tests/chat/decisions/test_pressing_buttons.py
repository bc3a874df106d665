"""What becomes of a click: in the log, in the world, and for the person who clicked."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from liteagent.approvals import Verb
from liteagent.chat.places import PersonKind
from liteagent.kernel import SendError
from tests.chat.decisions.desk import ANN, BOB, CAROL, PLACE, Desk, rule
from tests.fixtures.rigs import gated


async def test_a_click_on_approve_runs_the_call_and_says_nothing_more() -> None:
    async with Desk(gated()) as desk:
        await desk.press(await desk.ask())
        assert desk.rig.sink.calls() == [{"name": "web"}]
        assert desk.told == []
        card = await desk.card()
        assert (card.outcome, card.buttons) == ("Approved by Bob", ())


async def test_a_click_that_is_handled_again_decides_once_and_tells_nobody() -> None:
    async with Desk(gated()) as desk:
        click = await desk.press(await desk.ask())
        await desk.rig.restart()
        desk.open()
        await desk.handle(click)
        (session,) = (await desk.rig.sessions.list()).items
        assert len(await desk.rig.of_type(session["id"], "approval.decided")) == 1
        assert len(desk.rig.sink.done) == 1
        assert desk.told == []


async def test_a_click_is_decided_though_everything_was_down_when_it_was_made() -> None:
    async with Desk(gated()) as desk:
        click = desk.click(await desk.ask(), Verb.APPROVE, BOB)
        await desk.rig.restart()
        desk.open()
        await desk.handle(click)
        assert len(desk.rig.sink.done) == 1


async def test_a_second_click_by_the_same_person_is_no_error() -> None:
    async with Desk(gated()) as desk:
        card = await desk.ask()
        await desk.press(card)
        await desk.press(card)
        assert (len(desk.rig.sink.done), desk.told) == (1, [])


async def test_of_two_clickers_at_once_the_second_is_told_who_was_first_and_when() -> None:
    async with Desk(gated()) as desk:
        card = await desk.ask()
        clicks = [desk.click(card, Verb.APPROVE, BOB), desk.click(card, Verb.APPROVE, CAROL)]
        await asyncio.gather(*(desk.handle(click) for click in clicks))
        assert len(desk.rig.sink.done) == 1
        assert desk.told == [("carol", "Bob approved this already (01:46 UTC).")]


async def test_whoever_was_first_and_wants_something_else_now_is_told_what_they_did() -> None:
    async with Desk(gated()) as desk:
        card = await desk.ask()
        await desk.press(card)
        await desk.rig.advance(86_400)
        await desk.press(card, Verb.REJECT)
        told = [("bob", "You approved this already (9 September, 01:46 UTC).")]
        assert (desk.told, desk.chat.forms) == (told, [])


@pytest.mark.parametrize("verb", list(Verb))
async def test_a_card_that_expired_is_answered(verb: Verb) -> None:
    async with Desk(gated(approval=rule(expires="30m", on_expiry="deny"))) as desk:
        card = await desk.ask()
        await desk.rig.advance(1_800)
        await desk.press(card, verb)
        told = [("bob", "This request has expired: ask the agent to try again.")]
        assert (desk.told, desk.chat.forms, desk.rig.sink.done) == (told, [], [])


@pytest.mark.parametrize("verb", list(Verb))
async def test_whoever_may_not_approve_gets_no_form_and_learns_who_may(verb: Verb) -> None:
    async with Desk(gated(approval=rule(approvers={"slack_groups": ["SRE"]}))) as desk:
        await desk.press(await desk.ask(), verb)
        told = [("bob", "Bob may not decide restart; these may: slack groups SRE.")]
        assert (desk.told, desk.chat.forms, desk.rig.sink.done) == (told, [], [])


async def test_groups_count_as_they_are_when_the_button_is_pressed() -> None:
    async with Desk(gated(approval=rule(approvers={"slack_groups": ["SRE"]}))) as desk:
        card = await desk.ask()
        desk.chat.people["bob"] = replace(BOB, groups=("SRE",))
        click = desk.click(card, Verb.APPROVE, BOB)
        desk.chat.people["bob"] = replace(BOB, groups=())
        await desk.handle(click)
        assert desk.rig.sink.done == []
        desk.chat.people["bob"] = replace(BOB, groups=("SRE",))
        await desk.press(card)
        assert len(desk.rig.sink.done) == 1


async def test_a_guest_learns_who_may_allow_it() -> None:
    async with Desk(gated()) as desk:
        desk.chat.people["bob"] = replace(BOB, kind=PersonKind.GUEST)
        await desk.press(await desk.ask())
        ((who, text),) = desk.told
        assert (who, desk.rig.sink.done) == ("bob", [])
        assert "`chat.slack.approvers` in liteagent.yaml" in text


async def test_whoever_asked_may_not_decide_where_somebody_else_must() -> None:
    async with Desk(gated(approval=rule(requester_may_approve=False))) as desk:
        card = await desk.ask()
        await desk.press(card, by=ANN)
        text = "Whoever asked for restart may not approve it; somebody else must."
        assert (desk.told, desk.rig.sink.done) == ([("ann", text)], [])
        await desk.press(card, by=BOB)
        assert len(desk.rig.sink.done) == 1


async def test_consent_that_is_not_enough_is_counted_once_for_each_person() -> None:
    async with Desk(gated(approval=rule(quorum=2))) as desk:
        card = await desk.ask()
        click = await desk.press(card)
        await desk.handle(click)
        await desk.press(card)
        assert desk.told == [("bob", "Your approval counts: 1 of 2.")] * 3
        assert (await desk.card()).votes == ("Bob",)
        await desk.press(card, by=CAROL)
        assert len(desk.rig.sink.done) == 1
        assert (await desk.card()).outcome == "Approved by Bob and Carol"
        assert len(desk.told) == 3


async def test_a_card_that_shows_older_arguments_decides_nothing() -> None:
    async with Desk(gated(approval=rule(quorum=2))) as desk:
        old = await desk.ask()
        await desk.submit(old, Verb.EDIT, arguments='{"name": "db"}')
        for verb in Verb:
            await desk.press(old, verb, by=CAROL)
        text = "The arguments changed since: look at the card again, then decide."
        assert desk.told == [("bob", "Your approval counts: 1 of 2."), *[("carol", text)] * 4]
        assert desk.rig.sink.done == []
        await desk.press(await desk.card(), by=CAROL)
        assert desk.rig.sink.calls() == [{"name": "db"}]


async def test_a_request_that_was_withdrawn_is_answered() -> None:
    async with Desk(gated()) as desk:
        card = await desk.ask()
        (session,) = (await desk.rig.sessions.list()).items
        await desk.rig.cancel(session["id"])
        await desk.press(card)
        text = "This was withdrawn when the turn ended: there is nothing to decide any more."
        assert desk.told == [("bob", text)]


async def test_a_request_whose_session_was_deleted_is_answered() -> None:
    async with Desk(gated()) as desk:
        card = await desk.ask()
        (session,) = (await desk.rig.sessions.list()).items
        await desk.rig.sessions.delete(session["id"])
        await desk.press(card)
        text = "This card is out of date: its request is not there any more."
        assert desk.told == [("bob", text)]


async def test_a_forged_button_and_one_of_another_version_are_answered_and_do_nothing() -> None:
    async with Desk(gated()) as desk:
        click = desk.click(await desk.ask(), Verb.REJECT, BOB)
        await desk.handle(replace(click, value=click.value.replace("reject", "approve")))
        await desk.handle(replace(click, value="la1:approve"))
        forged, outdated = (text for _, text in desk.told)
        assert "not made by this agent" in forged
        assert "out of date" in outdated
        assert desk.rig.sink.done == []


async def test_who_is_told_is_told_where_they_clicked_and_by_the_clicks_own_handle() -> None:
    async with Desk(gated(approval=rule(quorum=2))) as desk:
        click = await desk.press(await desk.ask())
        (told,) = desk.chat.told
        assert (told.place, told.handle) == (PLACE, click.handle)


async def test_a_platform_that_is_away_lets_the_click_be_handled_again() -> None:
    async with Desk(gated(approval=rule(quorum=2))) as desk:
        click = desk.click(await desk.ask(), Verb.APPROVE, BOB)
        for method in ("person", "tell"):
            desk.chat.faults.fail(method, SendError("The platform is away."))
            with pytest.raises(SendError):
                await desk.handle(click)
        await desk.handle(click)
        assert desk.told == [("bob", "Your approval counts: 1 of 2.")]


async def test_nobody_being_left_to_tell_is_no_error() -> None:
    async with Desk(gated(approval=rule(quorum=2))) as desk:
        desk.chat.faults.refuse("tell")
        await desk.press(await desk.ask())
        assert (await desk.card()).votes == ("Bob",)


async def test_a_button_of_another_installation_does_nothing() -> None:
    async with Desk(gated()) as desk, Desk(gated()) as other:
        card, _ = await other.ask(), await desk.ask()
        await desk.press(card)
        assert await desk.rig.pending() == ["apr_1"]
        assert "not made by this agent" in desk.told[0][1]
