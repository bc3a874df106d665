"""Decisions over HTTP: once, by whoever may, in time."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.gateway.door import Door, MakeDoor


async def waiting(door: Door, http: httpx.AsyncClient) -> str:
    """The id of an approval that waits."""
    session = await door.session(http)
    await door.say(http, session, "restart")
    [item] = (await http.get("/api/approvals?status=pending")).json()["items"]
    assert item["session_id"] == session
    return item["id"]


@pytest.mark.parametrize(
    ("decision", "ran"),
    [
        ({"decision": "approve"}, [{"name": "web"}]),
        ({"decision": "edit", "args": {"name": "db"}}, [{"name": "db"}]),
        ({"decision": "reject", "reason": "not now"}, []),
        ({"decision": "respond", "content": "rejected: done by hand"}, []),
    ],
)
async def test_each_of_the_four_decisions_does_what_it_says(
    door: Door, http: httpx.AsyncClient, decision: Any, ran: Any
) -> None:
    approval = await waiting(door, http)
    answer = await http.post(f"/api/approvals/{approval}", json=decision)
    assert answer.status_code == 200, answer.text
    assert answer.json()["decision"] == decision["decision"]
    await door.rig.settle()
    assert door.rig.sink.calls("restart") == ran
    assert (await http.get("/api/approvals")).json()["items"] == []
    assert (await http.get(f"/api/approvals/{approval}")).json()["status"] != "pending"


async def test_the_first_decision_wins_and_the_second_is_told_who_won(
    door: Door, http: httpx.AsyncClient
) -> None:
    approval = await waiting(door, http)
    await http.post(f"/api/approvals/{approval}", json={"decision": "approve"})
    await door.rig.settle()
    async with door.http(await door.key("approve", principal_id="bob")) as bob:
        late = await bob.post(f"/api/approvals/{approval}", json={"decision": "reject"})
    assert late.status_code == 409
    assert late.json()["decision"]["decision"] == "approve"
    assert late.json()["decision"]["by"]["id"] == "ann"
    assert late.json()["error"]["code"] == "approval_already_decided"
    assert late.headers["x-should-retry"] == "false"
    assert door.rig.sink.calls("restart") == [{"name": "web"}]


async def test_consent_to_arguments_that_were_changed_since_does_not_count(
    make_door: MakeDoor,
) -> None:
    rule = {"restart": {"quorum": 2}}
    async with make_door(approval=rule) as door, door.http() as http:
        approval = await waiting(door, http)
        path = f"/api/approvals/{approval}"
        shown = (await http.get(path)).json()
        async with door.http(await door.key("approve", principal_id="bob")) as bob:
            edit = {"decision": "edit", "args": {"name": "db"}, "digest": shown["digest"]}
            assert (await bob.post(path, json=edit)).json()["final"] is False
        approve = {"decision": "approve", "digest": shown["digest"]}
        refused = await http.post(path, json=approve)
        assert refused.status_code == 409
        assert refused.json()["error"]["code"] == "approval_changed"
        await door.rig.settle()
        assert door.rig.sink.calls("restart") == []

        approve["digest"] = (await http.get(path)).json()["digest"]
        assert (await http.post(path, json=approve)).json()["final"] is True
        await door.rig.settle()
        assert door.rig.sink.calls("restart") == [{"name": "db"}]


async def test_only_approvers_decide_the_admin_included(make_door: MakeDoor) -> None:
    rule = {"restart": {"approvers": {"users": ["bob"]}}}
    async with make_door(approval=rule) as door, door.http() as http:
        approval = await waiting(door, http)
        refused = await http.post(f"/api/approvals/{approval}", json={"decision": "approve"})
        assert refused.status_code == 403
        assert refused.json()["error"]["code"] == "not_an_approver"
        async with door.http(await door.key("chat", principal_id="bob")) as bob:
            taken = await bob.post(f"/api/approvals/{approval}", json={"decision": "approve"})
        assert taken.status_code == 200


async def test_a_credential_that_may_only_chat_does_not_approve(
    door: Door, http: httpx.AsyncClient
) -> None:
    approval = await waiting(door, http)
    async with door.http(await door.key("chat")) as chatter:
        refused = await chatter.post(f"/api/approvals/{approval}", json={"decision": "approve"})
    assert refused.status_code == 403


async def test_an_expired_request_is_gone(make_door: MakeDoor) -> None:
    rule = {"restart": {"expires": "10m", "on_expiry": "deny"}}
    async with make_door(approval=rule) as door, door.http() as http:
        approval = await waiting(door, http)
        await door.rig.advance(601)
        late = await http.post(f"/api/approvals/{approval}", json={"decision": "approve"})
    assert late.status_code == 410
    assert late.json()["error"]["code"] == "approval_expired"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"decision": "maybe"}, 422),
        ({"decision": "edit"}, 422),
        ({"decision": "respond"}, 422),
        ({}, 400),
    ],
)
async def test_a_decision_that_cannot_be_is_refused(
    door: Door, http: httpx.AsyncClient, body: Any, status: int
) -> None:
    approval = await waiting(door, http)
    answer = await http.post(f"/api/approvals/{approval}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]["param"]
    assert (await http.get(f"/api/approvals/{approval}")).json()["status"] == "pending"


async def test_there_is_no_approval_of_this_name(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/approvals/apr_none", json={"decision": "approve"})
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "approval_not_found"
