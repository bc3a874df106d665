"""What every answer has in common, above all when something is wrong."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from liteagent.config import Settings
from liteagent.gateway import GatewaySettings, PluginsHealthCheck
from liteagent.observability import HealthCheck, HealthStatus
from liteagent.plugins import PluginHost, Provenance, Selection, hookimpl
from liteagent.testing.runtime import AGENT
from tests.gateway.door import UNLIMITED, Door, MakeDoor, events_of


def error_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-request-id"]
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    return error


async def test_unknown_routes_are_told_of_in_json_with_what_was_meant(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.post("/v1/chat/completion", headers={"Accept": "text/event-stream"})
    assert answer.status_code == 404
    assert "did you mean /v1/chat/completions" in error_of(answer)["message"]


async def test_a_wrong_method_is_told_of_with_the_right_ones(http: httpx.AsyncClient) -> None:
    answer = await http.delete("/v1/models")
    assert answer.status_code == 405
    assert error_of(answer)["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "GET"


async def test_unknown_agents_are_told_of_with_near_misses(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/agents/agnt/sessions")
    assert answer.status_code == 404
    assert "did you mean agent?" in error_of(answer)["message"]


async def test_of_a_missing_session_nothing_is_said_but_what_is_called_almost_so(
    door: Door, http: httpx.AsyncClient
) -> None:
    there = await door.session(http)
    for name, hint in (("other", "."), (there + "x", f": did you mean {there}?")):
        answer = await http.get(f"/api/sessions/{name}")
        assert answer.status_code == 404
        assert error_of(answer)["message"] == f"No session named '{name}'{hint}"


async def test_a_path_that_is_meant_is_named_once(http: httpx.AsyncClient) -> None:
    message = error_of(await http.get("/api/agent"))["message"]
    assert message == (
        "There is no GET /api/agent: did you mean /api/agents or /api/agents/{agent}"
        " or /api/agents/{agent}/sessions?"
    )


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/health", "/metrics"])
async def test_probes_tell_their_head_to_whoever_asks_for_no_more(
    http: httpx.AsyncClient, path: str
) -> None:
    assert (await http.head(path)).status_code == 200


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000])
async def test_a_place_in_the_journal_that_cannot_be_is_no_defect(
    door: Door, http: httpx.AsyncClient, number: str
) -> None:
    path = f"/api/sessions/{await door.session(http)}/events"
    await door.say(http, path.split("/")[3], "hello")
    refused = await http.get(f"{path}?after={number}")
    assert (refused.status_code, error_of(refused)["param"]) == (400, "after")
    whole = await http.get(f"{path}?wait=turn", headers={"Last-Event-ID": number})
    assert events_of(whole.text)[0]["id"] == "1"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"{}", "application/json", 400),
        (b'{"content": 7}', "application/json", 400),
        (b'{"content": " "}', "application/json", 400),
        (b"content=hi", "application/x-www-form-urlencoded", 415),
        (b"[" * 100_000, "application/json", 400),
    ],
)
async def test_a_body_that_is_not_what_the_route_takes(
    door: Door, http: httpx.AsyncClient, content: bytes, kind: str, status: int
) -> None:
    session = await door.session(http)
    answer = await http.post(
        f"/api/sessions/{session}/messages", content=content, headers={"Content-Type": kind}
    )
    assert answer.status_code == status
    assert error_of(answer)["type"] == "invalid_request_error"


async def test_a_query_that_is_not_what_the_route_takes(http: httpx.AsyncClient) -> None:
    answer = await http.get(f"/api/agents/{AGENT}/sessions?limit=0")
    assert (answer.status_code, error_of(answer)["param"]) == (400, "limit")


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_that_is_too_large_is_refused(make_door: MakeDoor, announced: bool) -> None:
    async def pieces() -> Any:
        for _ in range(20):
            yield b" " * 100

    content: Any = b" " * 2000 if announced else pieces()
    small = GatewaySettings(max_body=1000, requests_per_minute=0, max_concurrent=0)
    async with make_door(small) as door, door.http() as http:
        answer = await http.post("/v1/responses", content=content)
    assert (answer.status_code, error_of(answer)["code"]) == (413, "body_too_large")


async def test_a_defect_is_a_500_that_gives_nothing_away(make_door: MakeDoor) -> None:
    router = APIRouter()

    @router.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError("the secret is 42")

    async with make_door(app={"routers": [router]}) as door, door.http() as http:
        answer = await http.get("/broken", headers={"X-Request-Id": "r-1"})
    assert answer.status_code == 500
    assert "42" not in answer.text
    assert "r-1" in error_of(answer)["message"]
    assert answer.headers["x-should-retry"] == "false"


async def test_every_answer_has_a_request_id_the_callers_if_it_is_harmless(
    door: Door, http: httpx.AsyncClient
) -> None:
    harmless = await http.get("/livez", headers={"X-Request-Id": "abc-1"})
    assert harmless.headers["x-request-id"] == "abc-1"
    for odd in ("", "a b", "x" * 200, "<script>"):
        answer = await http.get("/livez", headers={"X-Request-Id": odd})
        assert answer.headers["x-request-id"].startswith("req_")


async def test_no_other_origin_is_let_in(http: httpx.AsyncClient) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for answer in (
        await http.options("/v1/chat/completions", headers=headers),
        await http.get("/v1/models", headers=headers),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_who_asks_too_often_is_told_when_to_come_again(make_door: MakeDoor) -> None:
    limited = GatewaySettings(requests_per_minute=2)
    async with make_door(limited) as door, door.http() as http:
        first = await http.get("/v1/models")
        assert first.headers["x-ratelimit-limit-requests"] == "2"
        assert first.headers["x-ratelimit-remaining-requests"] == "1"
        await http.get("/v1/models")
        refused = await http.get("/v1/models")
        assert (refused.status_code, error_of(refused)["type"]) == (429, "rate_limit_error")
        assert refused.headers["retry-after"] == "60"
        assert refused.headers["x-ratelimit-remaining-requests"] == "0"
        async with door.http(await door.key("chat")) as other:
            assert (await other.get("/v1/models")).status_code == 200
        assert (await http.get("/livez")).status_code == 200
        await door.rig.clock.advance(60)
        assert (await http.get("/v1/models")).status_code == 200


async def test_limits_that_nobody_chose_do_not_hold_for_the_admin(make_door: MakeDoor) -> None:
    assert not GatewaySettings.of(Settings()).limit_admins
    assert GatewaySettings.of(Settings(rate_limit_requests_per_minute=2)).limit_admins
    async with make_door(GatewaySettings(requests_per_minute=1, limit_admins=False)) as door:
        for key, last in ((door.admin, 200), (await door.key("chat"), 429)):
            async with door.http(key) as http:
                await http.get("/v1/models")
                answer = await http.get("/v1/models")
            assert answer.status_code == last
            assert answer.headers["x-ratelimit-limit-requests"] == "1"


async def test_too_much_at_a_time_is_refused_and_looking_on_is_not(make_door: MakeDoor) -> None:
    async with make_door(GatewaySettings(max_concurrent=1)) as door, door.http() as http:
        door.rig.sink.hold("look")
        body = {"model": AGENT, "input": "look"}
        first = asyncio.ensure_future(http.post("/v1/responses", json=body))
        await door.rig.settle()
        refused = await http.post("/v1/responses", json=body)
        assert (refused.status_code, error_of(refused)["code"]) == (429, "rate_limit_exceeded")
        assert (await http.get("/v1/models")).status_code == 200
        door.rig.sink.release("look")
        assert (await first).status_code == 200


async def test_a_stream_in_silence_sends_comments(door: Door) -> None:
    door.rig.sink.hold("look")
    async with door.served() as address, door.http() as http:
        session = await door.session(http)
        await door.say(http, session, "look")
        async with (
            httpx.AsyncClient(headers={"Authorization": f"Bearer {door.admin}"}) as client,
            client.stream("GET", f"{address}/api/sessions/{session}/events") as stream,
        ):
            lines = stream.aiter_lines()
            while True:
                line = await anext(lines)
                if line.startswith("event: tool.started"):
                    break
            await door.rig.clock.sleepers(1)
            for _ in range(2):
                await door.rig.clock.advance(UNLIMITED.heartbeat)
            while not line.startswith(":"):
                line = await anext(lines)
            assert line == ": ping"
        door.rig.sink.release("look")


async def test_deltas_are_events_without_an_id(make_door: MakeDoor) -> None:
    async with make_door() as door, door.served() as address, door.http() as http:
        session = await door.session(http)
        async with (
            httpx.AsyncClient(headers={"Authorization": f"Bearer {door.admin}"}) as client,
            client.stream(
                "GET", f"{address}/api/sessions/{session}/events?wait=turn&after=1"
            ) as stream,
        ):
            await door.say(http, session, "hello")
            events = events_of("\n".join([line async for line in stream.aiter_lines()]))
    deltas = [event for event in events if event["event"] == "delta"]
    assert "".join(event["data"]["data"]["text"] for event in deltas) == "Hello there."
    assert all("id" not in event for event in deltas)
    assert events[-1]["event"] == "turn.completed"


async def test_a_stream_of_a_session_that_is_deleted_ends_with_the_reason(door: Door) -> None:
    async with door.served() as address, door.http() as http:
        session = await door.session(http)
        async with (
            httpx.AsyncClient(headers={"Authorization": f"Bearer {door.admin}"}) as client,
            client.stream("GET", f"{address}/api/sessions/{session}/events") as stream,
        ):
            lines = stream.aiter_lines()
            await anext(lines)
            await http.delete(f"/api/sessions/{session}")
            rest = events_of("\n".join([line async for line in lines]))
    assert rest[-1]["data"]["error"]["code"] == "session_not_found"


async def test_a_webhook_may_know_its_callers_by_other_means(make_door: MakeDoor) -> None:
    router = APIRouter()

    @router.post("/hook")
    async def hook() -> dict[str, bool]:
        return {"ok": True}

    opened = {"routers": [router], "open_paths": ["/hook"]}
    async with make_door(app=opened) as door, door.http(key="") as http:
        assert (await http.post("/hook")).status_code == 200
        assert (await http.post("/hooks")).status_code == 401


class Wanting(HealthCheck):
    async def probe(self) -> Any:
        return HealthStatus.UNHEALTHY, {"reason": "plugin x is broken"}


async def test_readiness_says_what_is_wanting(make_door: MakeDoor) -> None:
    wanting = {"checks": [Wanting("plugins")]}
    async with make_door(app=wanting) as door, door.http(key="") as http:
        answer = await http.get("/readyz")
        assert (await http.get("/livez")).status_code == 200
    assert answer.status_code == 503
    checks = {check["name"]: check for check in answer.json()["checks"]}
    assert checks["journal"]["status"] == "healthy"
    assert checks["plugins"]["details"] == {"reason": "plugin x is broken"}


async def test_a_broken_plugin_does_not_make_the_gateway_unready(make_door: MakeDoor) -> None:
    plugins = PluginHost.build(Selection(allow=frozenset()), path=())
    plugins.add(Unfit(), Provenance(distribution="acme", version="1", plugin="unfit"))
    await plugins.collect("register_tools")
    async with make_door(app={"checks": [PluginsHealthCheck(plugins)]}) as door:
        answer = await door.http(key="").get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    checks = {check["name"]: check for check in answer.json()["checks"]}
    assert checks["plugins"]["details"] == {"loaded": [], "broken": {"unfit": "failed"}}


class Unfit:
    @hookimpl
    def register_tools(self, register: Any) -> None:
        raise RuntimeError("out of order")


async def test_requests_are_measured_by_the_pattern_of_their_route(
    door: Door, http: httpx.AsyncClient
) -> None:
    session = await door.session(http)
    await http.get(f"/api/sessions/{session}")
    await http.get("/nowhere")
    text = (await http.get("/metrics")).text
    assert 'route="/api/sessions/{session_id}"' in text
    assert session not in text
    assert "nowhere" not in text


async def test_a_runtime_that_stops_says_so(door: Door, http: httpx.AsyncClient) -> None:
    session = await door.session(http)
    await door.rig.stop()
    answer = await http.post(f"/api/sessions/{session}/messages", json={"content": "hello"})
    assert (answer.status_code, error_of(answer)["code"]) == (503, "runtime_closed")


def test_everything_is_ascii() -> None:
    from liteagent.gateway.http.render import to_json

    assert json.loads(to_json({"a": "é\ud800"})) == {"a": "é\ud800"}
