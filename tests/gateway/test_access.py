"""Who gets in, and what is there for them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from liteagent.security import User
from liteagent.testing.runtime import AGENT
from tests.gateway.door import Door

CLOSED = [
    ("GET", "/v1/models"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/v1/responses"),
    ("GET", "/api/agents"),
    ("GET", "/api/sessions/s1"),
    ("GET", "/api/approvals"),
    ("GET", "/openapi.json"),
    ("GET", "/docs"),
    ("GET", "/nowhere"),
    ("GET", "/livez/"),
    ("GET", "//metrics"),
]


@pytest.mark.parametrize(("method", "path"), CLOSED)
@pytest.mark.parametrize("header", ["", "Bearer nope", "Basic abc", "Bearer a.b.c"])
async def test_nothing_but_the_probes_is_open(
    door: Door, method: str, path: str, header: str
) -> None:
    async with door.http(key="") as http:
        answer = await http.request(method, path, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    error = answer.json()["error"]
    assert (error["type"], error["code"]) == ("authentication_error", "invalid_api_key")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/health", "/metrics"])
async def test_the_probes_are_open(door: Door, path: str) -> None:
    async with door.http(key="") as http:
        assert (await http.get(path)).status_code == 200


async def test_a_token_opens_as_a_key_does(door: Door) -> None:
    user = User(id="u1", email="ann@example.com", roles=["approve"])
    async with door.http(door.jwt.create_access_token(user)) as http:
        assert (await http.get("/v1/models")).status_code == 200
    async with door.http(door.jwt.create_refresh_token(user)) as http:
        assert (await http.get("/v1/models")).status_code == 401


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        ("chat", "/v1/models", 200),
        ("approve", "/v1/models", 403),
        ("approve", "/api/approvals", 200),
        ("approve", "/api/sessions/s1/messages", 403),
        ("admin", "/v1/models", 200),
    ],
)
async def test_scopes_decide_what_a_key_is_for(
    door: Door, scope: str, path: str, status: int
) -> None:
    async with door.http(await door.key(scope)) as http:
        assert (await http.get(path)).status_code == status


async def test_what_belongs_to_another_tenant_is_not_there(door: Door) -> None:
    async with (
        door.http(await door.key("chat", "approve", tenant="acme")) as acme,
        door.http(await door.key("chat", "approve", tenant="umbrella")) as umbrella,
        door.http() as operator,
    ):
        session = await door.session(acme)
        await door.say(acme, session, "restart")
        asked = {"model": AGENT, "input": "restart", "conversation": session}
        response = (await acme.post("/v1/responses", json=asked)).json()
        approval = (await acme.get("/api/approvals")).json()["items"][0]["id"]
        paths = [
            ("GET", f"/api/sessions/{session}"),
            ("GET", f"/api/sessions/{session}/events"),
            ("GET", f"/api/sessions/{session}/messages"),
            ("POST", f"/api/sessions/{session}/messages"),
            ("POST", f"/api/sessions/{session}/cancel"),
            ("POST", f"/api/sessions/{session}/fork"),
            ("DELETE", f"/api/sessions/{session}"),
            ("GET", f"/api/approvals/{approval}"),
            ("POST", f"/api/approvals/{approval}"),
            ("GET", f"/v1/responses/{response['id']}"),
            ("POST", f"/v1/responses/{response['id']}/cancel"),
        ]
        body: Any = {"content": "hi", "at": 1, "decision": "approve"}
        for method, path in paths:
            json = body if method == "POST" else None
            assert (await umbrella.request(method, path, json=json)).status_code == 404, path
        assert (await umbrella.get(f"/api/agents/{AGENT}/sessions")).json()["items"] == []
        assert (await umbrella.get("/api/approvals")).json()["items"] == []
        theirs = await umbrella.post("/v1/responses", json=asked)
        assert theirs.status_code == 404
        assert len((await operator.get("/api/approvals")).json()["items"]) == 2
    assert door.rig.sink.done == []


async def sender(door: Door, http: httpx.AsyncClient, stated: Any) -> dict[str, Any]:
    """The principal of a message whose body states one."""
    session = await door.session(http)
    await door.say(http, session, "hello", principal=stated)
    [data] = await door.rig.of_type(session, "message.received")
    return dict(data["principal"])


async def test_only_who_may_speak_for_others_states_a_principal(
    door: Door, http: httpx.AsyncClient
) -> None:
    stated = {"id": "U1", "name": "Cara", "claims": {"slack_groups": ["SRE"]}}
    spoken = await sender(door, http, stated)
    assert (spoken["id"], spoken["name"]) == ("U1", "Cara")
    assert spoken["claims"] == {"slack_groups": ["SRE"]}
    assert spoken["scopes"] == ["chat"]
    assert (await sender(door, http, "U2"))["id"] == "U2"

    async with door.http(await door.key("chat", "impersonate")) as bridge:
        assert (await sender(door, bridge, stated))["id"] == "U1"

    async with door.http(await door.key("chat", "approve", principal_id="bob")) as bob:
        assert (await sender(door, bob, "bob"))["id"] == "bob"
        path = f"/api/sessions/{await door.session(bob)}/messages"
        for other in (stated, "U2", {"id": "bob", "claims": {"slack_groups": ["SRE"]}}):
            refused = await bob.post(path, json={"content": "hello", "principal": other})
            assert refused.status_code == 403
            assert "impersonate" in refused.json()["error"]["message"]


async def test_a_chat_interface_that_may_not_speak_for_its_users_speaks_for_itself(
    door: Door,
) -> None:
    headers = {"X-OpenWebUI-User-Email": "cara@example.com"}
    body = {"model": AGENT, "messages": [{"role": "user", "content": "hello"}]}
    async with door.http(await door.key("chat", principal_id="webui")) as http:
        answer = await http.post("/v1/chat/completions", json=body, headers=headers)
    [data] = await door.rig.of_type(answer.headers["x-liteagent-session"], "message.received")
    assert data["principal"]["id"] == "webui"


async def test_the_person_behind_a_chat_interface_is_the_one_who_speaks(
    door: Door, http: httpx.AsyncClient
) -> None:
    headers = {"X-OpenWebUI-User-Email": "cara@example.com", "X-OpenWebUI-User-Name": "Cara%20C"}
    body = {"model": AGENT, "messages": [{"role": "user", "content": "hello"}]}
    answer = await http.post("/v1/chat/completions", json=body, headers=headers)
    session = answer.headers["x-liteagent-session"]
    [data] = await door.rig.of_type(session, "message.received")
    assert data["principal"]["id"] == "cara@example.com"
    assert data["principal"]["name"] == "Cara C"


async def test_one_session_is_continued_with_its_own_agent_only(
    door: Door, http: httpx.AsyncClient
) -> None:
    other = door.rig.agents.get(AGENT).model_copy(update={"name": "other"})
    door.rig.agents.put(other)
    session = await door.session(http)
    body = {"model": "other", "messages": [{"role": "user", "content": "hello"}]}
    answer = await http.post("/v1/chat/completions", json=body, headers={"X-Session-Id": session})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "model")
