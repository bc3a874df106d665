"""Turns on host actors, seen through the Runtime and through HTTP."""

from __future__ import annotations

import asyncio
import os
from contextlib import aclosing
from pathlib import Path

import httpx
import psutil
import pytest

from liteagent.agents.sessions import Receipt, Sessions
from liteagent.cluster import Cluster
from liteagent.cluster.probe import answers
from liteagent.cluster.serve import ONGOING_REQUESTS
from liteagent.errors import AgentNotFoundError, ConflictError, SessionNotFoundError
from liteagent.events import Delta, Event
from liteagent.principal import LOCAL
from tests.cluster.waiting import until


async def test_a_turn_is_streamed_in_one_go_and_every_event_is_in_the_journal(
    sessions: Sessions,
) -> None:
    session = await sessions.create("held", principal=LOCAL)

    frames = [f async for f in sessions.converse(session, "Good morning to you", principal=LOCAL)]

    assert isinstance(frames[0], Receipt)
    assert "".join(f.text for f in frames if isinstance(f, Delta)) == "Good morning to you"
    events = [frame for frame in frames if isinstance(frame, Event)]
    assert events[-1].type == "turn.completed"
    assert events == [event async for event in sessions.events(session, after=events[0].seq - 1)]


async def test_an_error_arrives_as_the_class_it_was_raised_as(sessions: Sessions) -> None:
    session = await sessions.create("held", principal=LOCAL)

    with pytest.raises(ConflictError, match="exists already"):
        await sessions.create("held", principal=LOCAL, session_id=session)
    with pytest.raises(SessionNotFoundError) as missing:
        await sessions.cancel("sess_nowhere", principal=LOCAL)
    with pytest.raises(AgentNotFoundError):
        await sessions.create("nobody", principal=LOCAL)

    assert missing.value.name == "sess_nowhere"


async def test_the_same_key_sent_at_the_same_time_is_one_message(sessions: Sessions) -> None:
    session = await sessions.create("held", principal=LOCAL)
    sending = (sessions.send(session, "once", principal=LOCAL, key="k") for _ in range(5))

    receipts = await asyncio.gather(*sending)

    assert len(set(receipts)) == 1


async def test_two_readers_of_one_turn_see_the_same(sessions: Sessions) -> None:
    session = await sessions.create("held", principal=LOCAL)
    await sessions.send(session, "Hello", principal=LOCAL)

    async def read() -> list[Event]:
        events: list[Event] = []
        async with aclosing(sessions.watch(session)) as frames:
            async for frame in frames:
                events += [frame] if isinstance(frame, Event) else []
                if events and events[-1].type == "turn.completed":
                    break
        return events

    first, second = await asyncio.gather(read(), read())

    assert first == second


async def test_a_reader_that_goes_away_is_let_go_by_the_host(
    cluster: Cluster, sessions: Sessions
) -> None:
    async def nobody_reads() -> bool:
        return await readers(cluster) == 0

    session = await sessions.create("held", principal=LOCAL)
    await until(nobody_reads)  # those of the tests before
    async with aclosing(sessions.watch(session)) as frames:
        await anext(frames)
        assert await readers(cluster) == 1

    assert await until(nobody_reads)


async def readers(cluster: Cluster) -> int:
    return sum(host.streams for host in (await cluster.status()).hosts)


async def test_a_session_can_be_deleted(sessions: Sessions) -> None:
    session = await sessions.create("held", principal=LOCAL)

    await sessions.delete(session)

    with pytest.raises(SessionNotFoundError):
        await sessions.cancel(session, principal=LOCAL)
    assert [event async for event in sessions.events(session)] == []


async def test_the_cluster_says_how_it_is(cluster: Cluster, home: Path) -> None:
    status = await cluster.status()

    assert status.gateway == "RUNNING"
    assert not status.silent
    (shared,) = [host for host in status.hosts if host.identity.host == "shared/0"]
    assert psutil.pid_exists(shared.identity.pid)
    assert shared.rss > 0

    async def supervised() -> bool:
        reports = (await cluster.status()).supervised
        return shared.identity in [report.identity for report in reports]

    assert await until(supervised)
    assert (home / "journal.db").exists()


async def test_a_request_over_http_has_its_turn_on_a_host(
    cluster: Cluster, sessions: Sessions
) -> None:
    async with httpx.AsyncClient(base_url=str(cluster.url), timeout=120) as http:
        answer = (await http.post("/turns", json={"text": "Hello there"})).json()

    assert answer["last"]["type"] == "turn.completed"
    assert (await sessions.get(answer["session"]))["status"] == "idle"


async def test_a_client_cannot_set_serves_timeout_nor_keep_a_handler_from_being_cancelled(
    cluster: Cluster,
) -> None:
    steering = {"x-request-timeout-seconds": "0.0001", "x-request-disconnect-disabled": "?1"}
    async with httpx.AsyncClient(base_url=str(cluster.url), timeout=120) as http:
        answer = await http.get("/headers", headers={**steering, "x-other": "kept"})

    assert answer.status_code == 200
    assert answer.json()["x-other"] == "kept"
    assert answer.json().keys().isdisjoint(steering)


async def test_requests_that_are_given_up_while_they_wait_for_a_place_take_none_from_others(
    cluster: Cluster,
) -> None:
    port = int(str(cluster.url).rpartition(":")[2])
    given_up = [
        await asyncio.open_connection("127.0.0.1", port) for _ in range(ONGOING_REQUESTS + 100)
    ]
    for _, writer in given_up:
        writer.write(b"GET /forever HTTP/1.1\r\nHost: here\r\n\r\n")
        await writer.drain()
    for _, writer in reversed(given_up):
        writer.transport.abort()

    async def is_answered() -> bool:
        return await answers("127.0.0.1", port, "/livez")

    assert all([await until(is_answered) for _ in range(20)])


async def test_nothing_listens_on_another_interface_than_this_machines_own(
    cluster: Cluster,
) -> None:
    status = await cluster.status()
    host = psutil.Process(status.hosts[0].identity.pid)
    raylet = host.parent()
    assert raylet is not None

    family = [raylet, *raylet.children(recursive=True), psutil.Process(os.getpid())]
    listening = {
        connection.laddr.ip
        for process in family
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }

    assert listening <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
