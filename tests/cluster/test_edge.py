from __future__ import annotations

import json
import re
from typing import Any

import pytest

from liteagent.cluster.edge import JsonErrors, OneRequestId, StripHeaders, middlewares
from liteagent.cluster.haproxy_guard import rebound

CONFIGURATION = """global
    nbthread 2
frontend prometheus
    bind :9101
    mode http
frontend http_frontend
    bind 127.0.0.1:8000
    use_backend http-liteagent if is_http-liteagent
backend http-liteagent
    server replica 127.0.0.1:30000 check
backend default_backend
    http-request return status 404 content-type text/plain lf-string "Path \\'%[path]\\' not found."
listen stats
  bind *:8404
  stats enable
"""


async def headers_that_arrive(scope: dict[str, Any]) -> Any:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    async def nothing(*_: object) -> Any:
        return None

    await StripHeaders(app)(scope, nothing, nothing)
    return seen[0]


async def test_headers_that_steer_serve_are_taken_out_however_they_are_written() -> None:
    scope = {
        "type": "http",
        "headers": [
            (b"x-request-timeout-seconds", b"0"),
            (b"X-Request-Disconnect-Disabled", b"?1"),
            (b"authorization", b"Bearer k"),
        ],
    }

    arrived = await headers_that_arrive(scope)

    assert arrived["headers"] == [(b"authorization", b"Bearer k")]


async def test_the_lifespan_passes_as_it_is() -> None:
    assert await headers_that_arrive({"type": "lifespan"}) == {"type": "lifespan"}


def test_serve_is_given_the_middleware() -> None:
    given = [middleware.cls for middleware in middlewares()]

    assert given == [OneRequestId, JsonErrors, StripHeaders]


async def test_an_answer_carries_the_gateways_request_id_and_no_second_one() -> None:
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        ids = [(b"x-request-id", b"req_1"), (b"content-type", b"a/b"), (b"X-Request-ID", b"serve")]
        await send({"type": "http.response.start", "status": 200, "headers": ids})

    async def send(message: Any) -> None:
        sent.append(message)

    await OneRequestId(app)({"type": "http", "path": "/"}, send, send)

    assert sent[0]["headers"] == [(b"content-type", b"a/b"), (b"x-request-id", b"req_1")]


async def answer(path: str, status: int, kind: str, body: bytes) -> tuple[int, dict[bytes, Any]]:
    """What arrives of an answer; its body is under `b""`."""
    arrived: dict[bytes, Any] = {b"": b""}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", kind.encode()), (b"x-request-id", b"r1")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body[:3], "more_body": True})
        await send({"type": "http.response.body", "body": body[3:]})

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            arrived.update(message["headers"])
            arrived[b"status"] = message["status"]
        else:
            arrived[b""] += message["body"]

    async def nothing() -> Any:
        return None

    await JsonErrors(app)({"type": "http", "path": path}, nothing, send)
    return arrived.pop(b"status"), arrived


@pytest.mark.parametrize("status", [404, 500, 503])
async def test_what_serve_says_while_no_replica_answers_is_told_as_the_gateway_tells_errors(
    status: int,
) -> None:
    told, arrived = await answer("/v1/models", status, "text/plain; charset=utf-8", b"not found")

    assert told == 503
    assert (arrived[b"content-type"], arrived[b"retry-after"]) == (b"application/json", b"1")
    assert arrived[b"content-length"] == str(len(arrived[b""])).encode()
    assert arrived[b"x-request-id"] == b"r1"
    error = json.loads(arrived[b""])["error"]
    assert (error["code"], set(error)) == ("gateway_away", {"message", "type", "param", "code"})


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/metrics", 200, "text/plain"),
        ("/v1/models/x", 404, "application/json"),
        ("/slack/events", 400, "text/plain"),
        ("/-/healthz", 503, "text/plain"),
    ],
)
async def test_what_the_gateway_says_and_serves_own_probes_pass_as_they_are(
    path: str, status: int, kind: str
) -> None:
    told, arrived = await answer(path, status, kind, b"as it was")

    assert (told, arrived[b""]) == (status, b"as it was")
    assert arrived[b"content-type"] == kind.encode()


def test_haproxy_listens_where_it_was_asked_to_and_its_own_pages_on_this_machine_alone() -> None:
    lines = rebound(CONFIGURATION, "192.0.2.7").splitlines()

    assert [line.strip() for line in lines if "bind" in line] == [
        "bind 127.0.0.1:9101",
        "bind 192.0.2.7:8000",
        "bind 127.0.0.1:8404",
    ]


def test_haproxy_says_in_json_that_the_gateway_is_away_and_not_that_a_path_is_wrong() -> None:
    (line,) = [line for line in rebound(CONFIGURATION, "::1").splitlines() if "return" in line]

    before, body, after = line.split("'")
    assert before.split() == [
        *("http-request", "return", "status", "503", "content-type", "application/json"),
        *("hdr", "Retry-After", "1", "string"),
    ]
    assert json.loads(body)["error"]["code"] == "gateway_away"
    assert after == ""


def test_nothing_else_of_haproxys_configuration_changes() -> None:
    def rest(text: str) -> list[str]:
        return [line for line in text.splitlines() if not re.search("bind|return", line)]

    assert rest(rebound(CONFIGURATION, "0.0.0.0")) == rest(CONFIGURATION)
