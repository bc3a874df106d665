"""Modals, the App Home, clicks, commands and response urls."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from liteagent.testing import FakeClock
from liteagent.testing.slack import FakeSlack


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(action: str, value: str = "v") -> dict[str, Any]:
    return {"type": "button", "action_id": action, "value": value, "text": plain(action.title())}


def actions(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "actions", "block_id": "buttons", "elements": list(elements)}]


REASON: dict[str, Any] = {
    "type": "modal",
    "callback_id": "reason",
    "private_metadata": "approval-1",
    "title": plain("Why not?"),
    "submit": plain("Deny"),
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": plain("Reason"),
            "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "scope",
            "optional": True,
            "label": plain("For"),
            "element": {
                "type": "static_select",
                "action_id": "for",
                "options": [{"text": plain("This call"), "value": "once"}],
            },
        },
    ],
}


async def refused(answer: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await answer
    return str(caught.value.response["error"])


async def test_a_reason_is_asked_for_in_a_modal_and_a_bad_one_is_sent_back(
    slack: FakeSlack, app: AsyncApp, client: AsyncWebClient, ann: str, channel: str, connected: Any
) -> None:
    reasons = list[tuple[str, dict[str, Any]]]()

    @app.action("deny")
    async def deny(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=REASON)

    @app.view("reason")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        if len(values["why"]["text"]["value"]) < 5:
            await ack(response_action="errors", errors={"why": "Say a little more."})
            return
        await ack()
        reasons.append((view["private_metadata"], values))

    async with connected(app):
        card = await client.chat_postMessage(
            channel=channel, text="?", blocks=actions(button("deny"))
        )
        assert (await slack.click(ann, channel, card["ts"], "Deny")).acked
        await slack.until(lambda: slack.views.open(ann))
        (modal,) = slack.views.open(ann)
        assert modal.title == "Why not?"

        with pytest.raises(AssertionError, match="the form needs 'why'"):
            await slack.submit(ann, modal.id)
        short = await slack.submit(ann, modal.id, {"why": "no"})
        assert short.errors == modal.errors == {"why": "Say a little more."}
        assert slack.views.open(ann) == [modal]

        done = await slack.submit(ann, modal.id, {"why": "not today", "scope": "This call"})
        assert (done.acked, done.errors, slack.views.open(ann)) == (True, {}, [])
    ((metadata, values),) = reasons
    assert metadata == "approval-1"
    assert values["scope"]["for"]["selected_option"]["value"] == "once"


async def test_a_submission_can_lead_to_another_view(
    slack: FakeSlack, app: AsyncApp, client: AsyncWebClient, ann: str, channel: str, connected: Any
) -> None:
    sure = {**REASON, "title": plain("Sure?"), "callback_id": "sure", "blocks": []}

    @app.command("/deny")
    async def deny(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=REASON)

    @app.view("reason")
    async def submitted(ack: Any) -> None:
        await ack(response_action="push", view=sure)

    @app.view("sure")
    async def sured(ack: Any) -> None:
        await ack(response_action="clear")

    async with connected(app):
        await slack.command(ann, channel, "/deny")
        (modal,) = await slack.until(lambda: slack.views.open(ann))
        await slack.submit(ann, modal.id, {"why": "because"})
        top = slack.views.open(ann)[-1]
        assert (top.title, top.previous, top.root) == ("Sure?", modal.id, modal.id)
        await slack.submit(ann, top.id)
        assert slack.views.open(ann) == []


async def test_a_trigger_opens_one_view_within_three_seconds() -> None:
    clock = FakeClock()
    async with FakeSlack(clock) as slack, aiohttp.ClientSession() as session:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
        ann = slack.add_user("ann")
        typed = await slack.command(ann, slack.add_channel("general"), "/agent")
        await client.views_open(trigger_id=typed.trigger_id, view=REASON)
        again = client.views_open(trigger_id=typed.trigger_id, view=REASON)
        assert await refused(again) == "exchanged_trigger_id"
        typed = await slack.command(ann, slack.add_channel("other"), "/agent")
        await clock.advance(3.5)
        late = client.views_open(trigger_id=typed.trigger_id, view=REASON)
        assert await refused(late) == "expired_trigger_id"
        assert await refused(client.views_open(trigger_id="1.2.x", view=REASON)) == (
            "invalid_trigger_id"
        )


async def test_the_home_is_published_and_clicked_in(
    slack: FakeSlack, app: AsyncApp, ann: str, connected: Any
) -> None:
    clicked = list[str]()

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: Any) -> None:
        home = {"type": "home", "blocks": actions(button("refresh"))}
        await client.views_publish(user_id=event["user"], view=home)

    @app.action("refresh")
    async def refresh(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        clicked.append(body["container"]["type"])

    async with connected(app):
        await slack.open_home(ann)
        home = await slack.until(lambda: slack.views.home(ann))
        assert home is not None
        assert (await slack.click_view(ann, home.id, "refresh")).acked
        await slack.until(lambda: clicked == ["view"])


async def test_a_view_changed_meanwhile_is_a_conflict(
    slack: FakeSlack, client: AsyncWebClient, ann: str
) -> None:
    home = {"type": "home", "blocks": actions(button("a"))}
    old = (await client.views_publish(user_id=ann, view=home))["view"]
    await client.views_update(view_id=old["id"], view=home, hash=old["hash"])
    stale = client.views_update(view_id=old["id"], view=home, hash=old["hash"])
    assert await refused(stale) == "hash_conflict"


async def test_a_click_on_what_nobody_listens_for_is_not_acknowledged(
    slack: FakeSlack, app: AsyncApp, client: AsyncWebClient, ann: str, channel: str, connected: Any
) -> None:
    card = await client.chat_postMessage(channel=channel, text="?", blocks=actions(button("a")))
    done = await slack.click(ann, channel, card["ts"], "a")
    assert not done.acked
    with pytest.raises(AssertionError, match="nothing to click that is 'b'; there is"):
        await slack.click(ann, channel, card["ts"], "b")


async def test_a_response_url_takes_five_posts_and_can_replace_the_card(
    slack: FakeSlack, app: AsyncApp, client: AsyncWebClient, ann: str, channel: str, connected: Any
) -> None:
    @app.action("approve")
    async def approve(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="approved", replace_original=True)
        await respond(text="by you", response_type="ephemeral", replace_original=False)

    async with connected(app):
        card = await client.chat_postMessage(
            channel=channel, text="?", blocks=actions(button("approve"))
        )
        click = await slack.click(ann, channel, card["ts"], "approve")
        await slack.until(lambda: slack.ephemerals)
    (message,) = slack.messages(channel)
    assert slack.text_of(message) == "approved"
    assert [slack.text_of(m) for m in slack.ephemerals] == ["by you"]
    async with aiohttp.ClientSession() as session:
        statuses = list[int]()
        for _ in range(4):
            async with session.post(click.response_url, json={"text": "more"}) as response:
                statuses.append(response.status)
    assert statuses == [200, 200, 200, 404]


async def test_a_command_is_answered_in_its_acknowledgement(
    slack: FakeSlack, app: AsyncApp, ann: str, channel: str, connected: Any
) -> None:
    @app.command("/agent")
    async def agent(ack: Any, command: dict[str, Any]) -> None:
        await ack(text=f"{command['text']}?", response_type="in_channel")

    async with connected(app):
        done = await slack.command(ann, channel, "/agent", "status")
    assert done.acked
    assert [slack.text_of(message) for message in slack.messages(channel)] == ["status?"]
