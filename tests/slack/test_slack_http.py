"""Events over HTTP: signed, stored by the gateway, and acknowledged only then."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from liteagent.chat.adapter import AdapterRoutes
from liteagent.chat.inbound import Clicked, Said
from liteagent.chat.inbox import ChatInbox
from liteagent.chat.places import Place
from liteagent.clock import SystemClock
from liteagent.gateway import create_app
from liteagent.security import ApiKeys
from liteagent.testing.runtime import AgentRig
from liteagent.testing.slack import FakeSlack
from liteagent_slack import routes
from liteagent_slack.settings import SlackSettings
from tests.fixtures.rigs import gated
from tests.slack.bench import Bench, ops
from tests.slack.listening import parts


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """An application on a free port."""
    config = uvicorn.Config(app, port=0, log_level="error", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


def gateway_with(offered: AdapterRoutes, rig: AgentRig) -> FastAPI:
    """The product's own gateway, which asks everybody else for a key."""
    return create_app(
        rig.runtime,
        rig.agents,
        ApiKeys(rig.journal, SystemClock()),
        routers=[offered.router],
        open_paths=offered.open_paths,
    )


@pytest.fixture
async def rig() -> AsyncIterator[AgentRig]:
    async with AgentRig() as rig:
        yield rig


@pytest.fixture
async def gateway(slack: FakeSlack, settings: SlackSettings, rig: AgentRig) -> AsyncIterator[None]:
    """The stand-in sends everything to a gateway's route."""
    offered = routes.routes(settings, parts(rig))
    async with served(gateway_with(offered, rig)) as url:
        slack.events_url = f"{url}{offered.open_paths[0]}"
        yield
    await offered.close()


async def stored(rig: AgentRig) -> list[Any]:
    return [each.item for each in await ChatInbox(rig.journal, "slack").page("", 0.0)]


@asynccontextmanager
async def conversing(bench: Bench) -> AsyncIterator[None]:
    """A gateway beside the adapter's own process, both on one journal."""
    offered = routes.routes(bench.slack_settings, bench.parts)
    async with served(gateway_with(offered, bench.rig)) as url:
        bench.slack.events_url = f"{url}{offered.open_paths[0]}"
        yield
    await offered.close()


async def test_a_whole_conversation_goes_over_the_gateway() -> None:
    async with Bench(ops(), http=True) as bench, conversing(bench):
        thread = await bench.mention("go")
        card = await bench.card(thread)
        assert (await bench.slack.click(bench.bob, bench.channel, card.ts, "Edit…")).acked
        (form,) = await bench.slack.until(lambda: bench.slack.views.open(bench.bob))
        wrong = await bench.slack.submit(bench.bob, form.id, {"la:times": "eleven"})
        assert list(wrong.errors) == ["la:times"]
        right = await bench.slack.submit(bench.bob, form.id, {"la:times": "2"})
        assert right.errors == {}
        await bench.shows(thread, "ok")

        assert bench.rig.sink.calls("restart") == [{"name": "web", "times": 2}]
        await bench.settled(thread, "approved by bob")
        assert bench.running.health().connected


async def test_what_comes_while_the_adapter_is_down_is_stored_and_handled_when_it_is_back() -> None:
    async with Bench(gated(), http=True) as bench, conversing(bench):
        await bench.close()
        thread = await bench.mention("go")
        await bench.slack.until(lambda: bench.slack.acks)
        await bench.open()
        card = await bench.card(thread)
        await bench.close()
        assert (await bench.slack.click(bench.bob, bench.channel, card.ts, "Approve")).acked
        await bench.open()
        await bench.shows(thread, "ok")
        assert len(bench.rig.sink.calls("restart")) == 1


EVENT = {
    "type": "event_callback",
    "team_id": "T1",
    "event": {"type": "message", "channel": "C1", "user": "U1", "text": "hi", "ts": "1.000001"},
}


async def test_a_mention_is_stored_once_and_acknowledged(
    slack: FakeSlack, rig: AgentRig, gateway: None, ann: str, channel: str
) -> None:
    await slack.say(ann, channel, f"<@{slack.bot}> restart web")
    await slack.until(lambda: len(slack.acks) == 2)

    (item,) = await stored(rig)
    assert isinstance(item, Said)
    assert item.text == "restart web"


@pytest.mark.parametrize(("age", "secret"), [(0, "another-secret"), (301, None), (-400, None)])
async def test_what_is_forged_or_old_is_refused(
    slack: FakeSlack, rig: AgentRig, gateway: None, age: float, secret: str | None
) -> None:
    body = json.dumps(EVENT).encode()
    status, _, _ = await slack._parts.http.post(body, "application/json", age=age, secret=secret)
    assert status == 401
    assert await stored(rig) == []


async def test_slack_is_asked_nothing_for_whoever_cannot_sign(
    slack: FakeSlack, gateway: None
) -> None:
    for body in (json.dumps(EVENT).encode(), b"\xff\xfe", b""):
        status, _, _ = await slack._parts.http.post(body, "text/plain", secret="another")
        assert status == 401
    assert slack.calls_of("auth.test") == []


async def test_a_body_that_is_larger_than_any_of_slacks_is_not_read(
    slack: FakeSlack, rig: AgentRig, gateway: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MOST_BODY", 10)
    status, _, _ = await slack._parts.http.post(json.dumps(EVENT).encode(), "application/json")
    assert status == 413
    assert await stored(rig) == []


async def test_what_is_well_signed_is_taken_up_to_five_minutes_later(
    slack: FakeSlack, rig: AgentRig, gateway: None
) -> None:
    body = json.dumps(EVENT).encode()
    status, _, _ = await slack._parts.http.post(body, "application/json", age=290)
    assert status == 200
    assert len(await stored(rig)) == 1


async def test_slacks_challenge_is_answered(slack: FakeSlack, gateway: None) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c0ffee"}).encode()
    status, answer, _ = await slack._parts.http.post(body, "application/json")
    assert (status, answer) == (200, {"challenge": "c0ffee"})


async def test_a_click_is_stored_for_whoever_serves(
    slack: FakeSlack, rig: AgentRig, gateway: None, ann: str, thread: Place
) -> None:
    button = {"type": "button", "action_id": "la:approve", "value": "la:a1:approve:x"}
    click = await slack.click_old(ann, thread.channel, thread.thread, button)

    assert click.acked
    assert any(isinstance(item, Clicked) for item in await stored(rig))


async def test_a_command_is_acknowledged_without_a_word(
    slack: FakeSlack, rig: AgentRig, gateway: None, ann: str, channel: str
) -> None:
    command = await slack.command(ann, channel, "/agent", "status")
    assert command.acked
    assert command.response == {}
    assert len(await stored(rig)) == 1


async def test_while_the_journal_is_away_slack_is_told_to_come_again(
    slack: FakeSlack, rig: AgentRig, gateway: None
) -> None:
    body = json.dumps(EVENT).encode()
    rig.wire.cut()
    status, _, _ = await slack._parts.http.post(body, "application/json")
    assert status >= 500


async def test_while_slack_does_not_say_who_we_are_it_is_told_to_come_again(
    slack: FakeSlack, rig: AgentRig, gateway: None
) -> None:
    slack.faults.server_error("auth.test")
    body = json.dumps(EVENT).encode()
    for expected in (500, 200):
        status, _, _ = await slack._parts.http.post(body, "application/json")
        assert status == expected


async def test_while_slack_says_nothing_it_is_asked_once_and_told_to_come_again(
    slack: FakeSlack, rig: AgentRig, gateway: None
) -> None:
    hold = slack.faults.hold("auth.test")
    body = json.dumps(EVENT).encode()
    posts = [slack._parts.http.post(body, "application/json") for _ in range(3)]
    assert [status for status, _, _ in await asyncio.gather(*posts)] == [500] * 3
    assert hold.waiting == len(slack.calls_of("auth.test")) == 1

    hold.release()
    status, _, _ = await slack._parts.http.post(body, "application/json")
    assert status == 200
    assert len(slack.calls_of("auth.test")) == 1
    assert len(await stored(rig)) == 1


async def test_slacks_challenge_is_answered_before_slack_has_said_who_we_are(
    slack: FakeSlack, gateway: None
) -> None:
    slack.faults.server_error("auth.test")
    body = json.dumps({"type": "url_verification", "challenge": "c0ffee"}).encode()
    status, answer, _ = await slack._parts.http.post(body, "application/json")
    assert (status, answer) == (200, {"challenge": "c0ffee"})
