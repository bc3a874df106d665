from __future__ import annotations

from typing import Any

from liteagent.cluster.edge import StripHeaders, middlewares
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
    assert [middleware.cls for middleware in middlewares()] == [StripHeaders]


def test_haproxy_listens_where_it_was_asked_to_and_its_own_pages_on_this_machine_alone() -> None:
    lines = rebound(CONFIGURATION, "192.0.2.7").splitlines()

    assert [line.strip() for line in lines if "bind" in line] == [
        "bind 127.0.0.1:9101",
        "bind 192.0.2.7:8000",
        "bind 127.0.0.1:8404",
    ]


def test_nothing_else_of_haproxys_configuration_changes() -> None:
    def rest(text: str) -> list[str]:
        return [line for line in text.splitlines() if "bind" not in line]

    assert rest(rebound(CONFIGURATION, "0.0.0.0")) == rest(CONFIGURATION)
