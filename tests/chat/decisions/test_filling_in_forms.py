"""Edit, reject and respond: the form that opens, what is checked in it, and what it decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, Field

from liteagent.approvals import Verb
from liteagent.chat.cards.buttons import ButtonForgedError
from liteagent.chat.decisions.refusals import TOO_LATE
from liteagent.kernel import SendError
from liteagent.testing import ScriptedModel, call, calls
from liteagent.testing.runtime import AgentRig
from liteagent.tools import tool
from tests.chat.decisions.desk import BOB, CAROL, Desk, rule
from tests.fixtures.rigs import ANYTHING, gated


def _even(value: int) -> int:
    if value % 2:
        raise ValueError("must be even")
    return value


class Scaling:
    """An agent with a typed tool that leaves what it was called with in `ran`."""

    def __init__(self, **agent: Any) -> None:
        self.ran: list[tuple[str, int]] = []

        @tool(approval="always")
        async def scale(
            token: str, replicas: Annotated[int, Field(ge=1, le=10), AfterValidator(_even)]
        ) -> str:
            """Scale."""
            self.ran.append((token, replicas))
            return "scaled"

        model = ScriptedModel({"go": calls(call("scale", token="s3cret", replicas=2))})
        model.on(ANYTHING, "ok")
        self.rig = AgentRig(model, [scale], **agent)


async def test_each_button_but_approve_opens_its_form_and_decides_nothing() -> None:
    async with Desk(gated()) as desk:
        card = await desk.ask()
        for verb in (Verb.EDIT, Verb.RESPOND, Verb.REJECT):
            click = await desk.press(card, verb)
            form, handle = desk.chat.forms[-1]
            assert (form.value, handle) == (click.value, click.handle)
            assert await desk.decisions.form_for(click) == form
        assert await desk.rig.pending() == ["apr_1"]
        assert (desk.told, desk.rig.sink.done) == ([], [])


async def test_an_edited_call_runs_as_it_was_edited_with_the_secret_nobody_saw() -> None:
    scaling = Scaling()
    async with Desk(scaling.rig) as desk:
        card = await desk.ask()
        form = await desk.submit(card, Verb.EDIT, replicas="4")
        assert "s3cret" not in str(desk.form)
        assert await desk.decisions.check(form) == {}
        assert scaling.ran == [("s3cret", 4)]
        card = await desk.card()
        assert (card.outcome, card.changes) == (
            "Edited and approved by Bob",
            {"replicas": (2, 4)},
        )
        assert desk.told == []


async def test_an_edit_that_changes_nothing_is_plain_consent() -> None:
    scaling = Scaling()
    async with Desk(scaling.rig) as desk:
        await desk.submit(await desk.ask(), Verb.EDIT)
        assert scaling.ran == [("s3cret", 2)]
        assert (await desk.card()).outcome == "Approved by Bob"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("11", "must be a whole number from 1 to 10"),
        ("3", "value error, must be even"),
    ],
)
async def test_what_is_wrong_is_said_in_the_form_and_decides_nothing(
    answer: str, problem: str
) -> None:
    scaling = Scaling()
    async with Desk(scaling.rig) as desk:
        form = await desk.submit(await desk.ask(), Verb.EDIT, replicas=answer)
        assert await desk.decisions.check(form) == {"replicas": problem}
        text = f"Nothing was decided: replicas {problem}. Press the button again."
        assert (desk.told, scaling.ran) == ([("bob", text)], [])
        assert await desk.rig.pending() == ["apr_1"]


async def test_a_reason_is_told_to_the_agent_and_to_everybody() -> None:
    async with Desk(gated()) as desk:
        await desk.submit(await desk.ask(), Verb.REJECT, reason=" not on a Friday ")
        assert "not on a Friday" in desk.rig.model.requests[-1].messages[-1].content
        assert (await desk.card()).outcome == "Rejected by Bob: not on a Friday"
        assert (desk.rig.sink.done, desk.told) == ([], [])


async def test_an_answer_stands_in_for_the_tool_and_may_not_be_empty() -> None:
    async with Desk(gated()) as desk:
        card = await desk.ask()
        empty = await desk.submit(card, Verb.RESPOND, content="  ")
        assert await desk.decisions.check(empty) == {"content": "must not be empty"}
        assert await desk.rig.pending() == ["apr_1"]
        await desk.submit(card, Verb.RESPOND, content="it is up already")
        assert desk.rig.model.requests[-1].messages[-1].content == "it is up already"


async def test_a_form_that_is_handled_again_decides_once_and_tells_nobody() -> None:
    scaling = Scaling()
    async with Desk(scaling.rig) as desk:
        card = await desk.ask()
        for verb, answers in ((Verb.EDIT, {"replicas": "4"}), (Verb.EDIT, {})):
            form = await desk.submit(card, verb, **answers)
            await desk.rig.restart()
            desk.open()
            await desk.handle(form)
            card = await desk.ask()
            card = await desk.card((await desk.rig.pending())[-1])
        assert scaling.ran == [("s3cret", 4), ("s3cret", 2)]
        assert desk.told == []


async def test_an_edit_towards_a_quorum_counts_once_though_it_changed_what_is_asked() -> None:
    scaling = Scaling(approval=rule("scale", quorum=2))
    async with Desk(scaling.rig) as desk:
        form = await desk.submit(await desk.ask(), Verb.EDIT, replicas="4")
        await desk.handle(form)
        assert desk.told == [("bob", "Your approval counts: 1 of 2.")] * 2
        await desk.press(await desk.card(), by=CAROL)
        assert scaling.ran == [("s3cret", 4)]


async def test_a_form_filled_in_for_arguments_that_changed_meanwhile_decides_nothing() -> None:
    scaling = Scaling(approval=rule("scale", quorum=2))
    async with Desk(scaling.rig) as desk:
        card = await desk.ask()
        await desk.press(card, Verb.EDIT, CAROL)
        late = desk.filled(desk.form, {"replicas": "6"}, CAROL)
        await desk.submit(card, Verb.EDIT, replicas="4")
        assert await desk.decisions.check(late) == {}
        await desk.handle(late)
        text = "The arguments changed since: look at the card again, then decide."
        assert desk.told[-1] == ("carol", text)
        assert (await desk.card()).args["replicas"] == 4


async def test_a_form_sent_after_somebody_else_decided_is_answered() -> None:
    async with Desk(gated()) as desk:
        card = await desk.ask()
        await desk.press(card, Verb.REJECT, CAROL)
        form = desk.filled(desk.form, {"reason": "no"}, CAROL)
        await desk.press(card)
        await desk.handle(form)
        assert desk.told == [("carol", "Bob approved this already (01:46 UTC).")]


async def test_a_form_survives_a_restart() -> None:
    async with Desk(gated()) as desk:
        await desk.press(await desk.ask(), Verb.REJECT)
        form = desk.filled(desk.form, {"reason": "no"})
        await desk.rig.restart()
        desk.open()
        await desk.handle(form)
        assert (await desk.card()).outcome == "Rejected by Bob: no"


async def test_whoever_lost_the_right_while_the_form_was_open_decides_nothing() -> None:
    async with Desk(gated(approval=rule(approvers={"slack_groups": ["SRE"]}))) as desk:
        desk.chat.people["bob"] = replace(BOB, groups=("SRE",))
        await desk.press(await desk.ask(), Verb.EDIT)
        form = desk.filled(desk.form, {"arguments": '{"name": "db"}'})
        desk.chat.people["bob"] = BOB
        await desk.handle(form)
        assert desk.rig.sink.done == []
        ((who, text),) = desk.told
        assert (who, "these may: slack groups SRE" in text) == ("bob", True)


async def test_a_form_that_could_not_be_shown_in_time_is_to_be_asked_for_again() -> None:
    async with Desk(gated()) as desk:
        card = await desk.ask()
        desk.chat.faults.refuse("show_form")
        click = await desk.press(card, Verb.EDIT)
        assert desk.told == [("bob", TOO_LATE)]
        desk.chat.faults.fail("show_form", SendError("The platform is away."))
        with pytest.raises(SendError):
            await desk.handle(click)


async def test_a_forged_form_decides_nothing_and_is_not_checked_either() -> None:
    async with Desk(gated()) as desk:
        click = desk.click(await desk.ask(), Verb.REJECT, BOB)
        forged = replace(click, value=click.value.replace(":reject:", ":respond:"))
        with pytest.raises(ButtonForgedError):
            await desk.decisions.form_for(forged)
        await desk.press(await desk.card(), Verb.REJECT)
        form = replace(desk.filled(desk.form, {}), value=forged.value)
        assert await desk.decisions.check(form) == {}
        await desk.handle(form)
        assert await desk.rig.pending() == ["apr_1"]


async def test_arguments_that_fit_into_no_form_are_answered_with_another_way() -> None:
    args = {f"n{n}": n for n in range(1_000)}
    async with Desk(gated({"big": calls(call("restart", **args))})) as desk:
        await desk.press(await desk.ask("big"), Verb.EDIT)
        assert desk.chat.forms == []
        assert "`liteagent approvals edit apr_1`" in desk.told[0][1]


async def test_the_outcome_that_nobody_knows_is_settled_by_words() -> None:
    async with Desk(gated(approval={"restart": "never"})) as desk:
        desk.rig.crash_at("tool.after-effect")
        session = await desk.rig.session()
        sending = desk.rig.sessions.send(session, "go", principal=desk.principal(BOB))
        await sending
        await desk.rig.settle()
        await desk.rig.restart()
        desk.open()
        await desk.submit(await desk.card(), Verb.RESPOND, content="it did restart")
        assert (await desk.card()).outcome == "Answered by Bob: it did restart"
        assert len(desk.rig.sink.done) == 1
