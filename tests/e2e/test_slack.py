"""Slack before the whole product: Slack's own library, an adapter actor, hosts and a gateway."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest_asyncio

from tests.cluster.waiting import until
from tests.e2e.client import Native, Told, sent, types
from tests.e2e.script import GREETING, LOOKING, STORY, Model, told
from tests.e2e.up import Up
from tests.fixtures.slack_team import SECONDS, Team

ADAPTER = "ray::AttendantActor"


@pytest_asyncio.fixture(loop_scope="package")
async def over_http(up: Up, team: Team) -> AsyncGenerator[None]:
    """Slack posts everything to the gateway, instead of sending it over the socket."""
    team.slack.events_url = f"{up.url}/slack/events"
    yield
    team.slack.events_url = None


@pytest_asyncio.fixture(loop_scope="package", autouse=True)
async def connected(up: Up, team: Team) -> None:
    """The adapter has a socket, also after a test that killed it."""
    await team.slack.until(lambda: team.slack.sockets, SECONDS)


async def consented(team: Team, thread: str | None, name: str, channel: str = "") -> None:
    """Bob looks at the request there, is told what is wrong with his edit, mends it and allows it:
    then the agent tells the story of this name up to its third piece.
    """
    card = await team.card(thread, channel)
    assert (await team.press(card, "Edit…")).acked
    form = await team.form()
    wrong = await team.slack.submit(team.bob, form.id, {"la:copies": "many"})
    assert list(wrong.errors) == ["la:copies"]
    right = await team.slack.submit(team.bob, form.id, {"la:text": f"tell:{name}:3"})
    assert right.acked
    assert right.errors == {}
    await team.sees_settled(card, "approved by bob")


async def journal_of(native: Native, team: Team, thread: str | None, channel: str = "") -> Any:
    return await native.journal(team.session(thread, channel))


def check(journal: Sequence[Told], up: Up, name: str) -> None:
    """One message, one turn, one decision, and the tool has run once with what was allowed."""
    for type in ("message.received", "approval.requested", "approval.decided", "tool.succeeded"):
        assert types(journal).count(type) == 1, type
    assert types(journal)[-1] == "turn.completed"
    assert sent(journal) == "".join(STORY)
    assert up.home.written(f"tell:{name}:3") == 1
    assert up.home.written(name) == 0


async def whole_conversation(up: Up, native: Native, model: Model, team: Team, name: str) -> None:
    """From a mention to the answer, through an edited request, in a thread of the channel."""
    channel = team.new_channel(name)
    thread = await team.mention(f"publish {name}", channel)
    await consented(team, thread, name, channel)
    held = [LOOKING, told(3).rstrip()]
    await team.slack.until(lambda: team.texts(thread, channel) == held, SECONDS)
    model.let(name)
    await team.sees(thread, LOOKING, "".join(STORY), channel=channel)

    check(await journal_of(native, team, thread, channel), up, name)
    await team.slack.until(lambda: team.slack.status(channel, thread) == "")
    assert team.slack.violations == []


async def test_a_mention_leads_to_a_streamed_answer_through_a_request_that_is_edited(
    up: Up, native: Native, model: Model, team: Team
) -> None:
    await whole_conversation(up, native, model, team, "in-a-channel")


async def test_the_thread_goes_on_without_a_mention(up: Up, team: Team) -> None:
    thread = await team.mention("hello")
    await team.sees(thread, "".join(GREETING))
    await team.slack.say(team.bob, team.channel, "and hello again", thread)
    await team.sees(thread, *["".join(GREETING)] * 2)


async def test_the_same_in_a_direct_message(
    up: Up, native: Native, model: Model, team: Team
) -> None:
    dm = team.slack.open_dm(team.bob)
    await team.slack.say(team.bob, dm, "publish in-private")
    await consented(team, None, "in-private", dm)
    model.let("in-private")
    await team.sees(None, LOOKING, "".join(STORY), channel=dm)

    check(await journal_of(native, team, None, dm), up, "in-private")


async def test_the_same_by_slash_command(up: Up, native: Native, model: Model, team: Team) -> None:
    before = len(team.ours(None))
    command = await team.slack.command(team.ann, team.channel, "/agent", "publish by-command")
    assert command.acked
    roots = await team.slack.until(lambda: team.ours(None)[before:], SECONDS)
    thread = roots[0].ts
    await consented(team, thread, "by-command")
    model.let("by-command")
    await team.slack.until(lambda: team.texts(thread)[1:] == [LOOKING, "".join(STORY)], SECONDS)

    check(await journal_of(native, team, thread), up, "by-command")


async def test_the_same_over_http(
    up: Up, native: Native, model: Model, team: Team, over_http: None
) -> None:
    assert await team.slack.challenge()
    await whole_conversation(up, native, model, team, "over-http")
    await team.slack.until(lambda: not team.slack.unacknowledged)


async def test_what_is_forged_or_old_is_refused_and_what_is_signed_is_answered(
    native: Native, team: Team, over_http: None
) -> None:
    """Each event says that Ann has written something to the app."""
    dm = team.slack.open_dm(team.ann)

    def event(number: int) -> dict[str, Any]:
        ts = f"{team.slack.workspace.new_ts()}"
        said = {"type": "message", "channel_type": "im", "channel": dm, "user": team.ann, "ts": ts}
        return {
            "type": "event_callback",
            "event_id": f"Ev{number}",
            "team_id": team.slack.team,
            "api_app_id": team.slack.workspace.app,
            "event": {**said, "text": f"hello {number}"},
        }

    assert await team.slack.post_signed(event(1), age=400) == 401
    assert await team.slack.post_signed(event(2), secret="somebody-else") == 401
    assert await team.slack.post_signed(event(3), age=-400) == 401
    assert await team.slack.post_signed(event(4), age=240) == 200
    await team.sees(None, "".join(GREETING), channel=dm)

    journal = await journal_of(native, team, None, dm)
    received = [event.data["text"] for event in journal if event.type == "message.received"]
    assert received == ["hello 4"]


async def test_a_click_and_a_form_while_adapter_and_host_are_dead_count_when_they_are_back(
    up: Up, native: Native, model: Model, team: Team, over_http: None
) -> None:
    channel = team.new_channel("nobody-there")
    thread = await team.mention("publish nobody-there", channel)
    card = await team.card(thread, channel)
    for title in (ADAPTER, "ray::Host"):
        up.process(title).kill()
    assert (await team.press(card, "Approve")).acked
    await team.sees_settled(card, "approved by bob")
    await team.sees(thread, LOOKING, "It is published nobody-there.", channel=channel)

    assert up.home.written("nobody-there") == 1
    journal = await journal_of(native, team, thread, channel)
    assert types(journal).count("approval.decided") == 1


async def test_a_token_that_is_revoked_is_told_of_and_the_adapter_waits_for_another(
    up: Up, native: Native, team: Team
) -> None:
    team.slack.secrets.revoked.add(team.slack.bot_token)
    await team.mention("hello")
    await up.says("Slack refuses the token in SLACK_BOT_TOKEN (token_revoked)")
    assert await slack_health(native) == (200, "degraded", "degraded")
    team.slack.secrets.revoked.clear()
    await team.mention("hello")
    await until(lambda: is_well(native))


async def slack_health(native: Native) -> tuple[int, str, str]:
    """What the probe answers: its status, and the words for everything and for Slack."""
    answer = await native.http.get("/readyz")
    told = answer.json()
    (slack,) = [check for check in told["checks"] if check["name"] == "adapter slack"]
    return answer.status_code, told["status"], slack["status"]


async def is_well(native: Native) -> bool:
    return await slack_health(native) == (200, "healthy", "healthy")
