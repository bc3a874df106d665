"""The open requests that one person may decide."""

from __future__ import annotations

from dataclasses import replace

from liteagent.approvals import Verb
from liteagent.chat.bindings import Bindings
from liteagent.chat.places import Place
from liteagent.testing.rig_parts import AGENT
from tests.chat.decisions.desk import ANN, BOB, CAROL, Desk, rule
from tests.fixtures.rigs import gated


async def bind(desk: Desk, conversation: str, place: Place) -> None:
    """Let it be a conversation that Ann began."""
    await Bindings(desk.rig.journal, "slack").bind(
        conversation,
        agent=AGENT,
        place=place,
        person_id=ANN.id,
        since="1.0",
        ts=desk.rig.clock.now(),
    )


async def test_the_list_of_what_waits_has_only_what_this_person_may_decide() -> None:
    only = rule(approvers={"slack_groups": ["SRE"]}) | {"look": {"requester_may_approve": False}}
    async with Desk(gated(approval=only)) as desk:
        await desk.ask("both", by=BOB)
        await desk.ask("both", by=CAROL)
        desk.chat.people["bob"] = replace(BOB, groups=("SRE",))
        listed = await desk.decisions.pending_for(replace(BOB, complete=False))
        assert [(card.tool, card.requester) for card in listed] == [
            ("restart", "Bob"),
            ("restart", "Carol"),
            ("look", "Carol"),
        ]
        assert [c.tool for c in await desk.decisions.pending_for(CAROL)] == ["look"]
        await desk.press(listed[0], Verb.APPROVE)
        assert len(desk.rig.sink.done) == 1


async def test_what_another_workspace_asks_is_listed_for_those_alone_whom_the_rule_names() -> None:
    there, place = "T2:C9:1.0", Place(team="T2", channel="C9", thread="1.0")
    ann, bob = (replace(person, groups=("SRE",)) for person in (ANN, BOB))
    async with Desk(gated()) as desk:
        await bind(desk, there, place)
        await desk.rig.sessions.create(AGENT, principal=desk.principal(ann), session_id=there)
        await desk.rig.say(there, "both")
        assert await desk.decisions.pending_for(bob) == []
        (card,) = await desk.decisions.pending_for(replace(bob, team="T2"))
        assert card.tool == "restart"
    async with Desk(gated(approval=rule(approvers={"slack_groups": ["SRE"]}))) as desk:
        await bind(desk, there, place)
        await desk.rig.sessions.create(AGENT, principal=desk.principal(ann), session_id=there)
        await desk.rig.say(there, "go")
        assert len(await desk.decisions.pending_for(bob)) == 1


async def test_what_is_asked_in_a_direct_message_is_listed_for_that_person_alone() -> None:
    async with Desk(gated()) as desk:
        conversation = "T1:D1"
        await bind(desk, conversation, Place(team="T1", channel="D1", direct=True))
        await desk.rig.sessions.create(
            AGENT, principal=desk.principal(ANN), session_id=conversation
        )
        await desk.rig.say(conversation, "go")
        assert await desk.decisions.pending_for(BOB) == []
        assert len(await desk.decisions.pending_for(ANN)) == 1
