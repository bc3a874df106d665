"""Modals, the App Home, clicks, commands and response urls."""

from __future__ import annotations

import asyncio
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


@pytest.mark.parametrize(("seconds", "more"), [(3, {}), (60, {"answer_seconds": 60.0})])
async def test_a_trigger_opens_one_view_within_three_seconds_or_those_that_are_given(
    seconds: int, more: dict[str, float]
) -> None:
    clock = FakeClock()
    async with FakeSlack(clock, **more) as slack, aiohttp.ClientSession() as session:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
        ann = slack.add_user("ann")
        typed = await slack.command(ann, slack.add_channel("general"), "/agent")
        await clock.advance(seconds)
        await client.views_open(trigger_id=typed.trigger_id, view=REASON)
        again = client.views_open(trigger_id=typed.trigger_id, view=REASON)
        assert await refused(again) == "exchanged_trigger_id"
        typed = await slack.command(ann, slack.add_channel("other"), "/agent")
        await clock.advance(seconds + 0.5)
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


async def test_two_people_click_in_the_same_moment_and_both_are_heard(
    slack: FakeSlack, app: AsyncApp, client: AsyncWebClient, ann: str, channel: str, connected: Any
) -> None:
    bob, clicked = slack.add_user("bob"), list[str]()

    @app.action("approve")
    async def approve(ack: Any, body: dict[str, Any]) -> None:
        clicked.append(body["user"]["id"])
        await ack()

    async with connected(app):
        card = await client.chat_postMessage(
            channel=channel, text="?", blocks=actions(button("approve"))
        )
        both = [slack.click(who, channel, card["ts"], "approve") for who in (ann, bob)]
        assert [click.acked for click in await asyncio.gather(*both)] == [True, True]
    assert sorted(clicked) == sorted((ann, bob))


async def test_a_button_only_one_can_see_can_be_clicked_and_taken_away(
    slack: FakeSlack, app: AsyncApp, client: AsyncWebClient, ann: str, channel: str, connected: Any
) -> None:
    @app.action("link")
    async def link(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        assert body["container"]["is_ephemeral"]
        assert "message" not in body
        await respond(delete_original=True)

    async with connected(app):
        await client.chat_postEphemeral(
            channel=channel, user=ann, text="?", blocks=actions(button("link"))
        )
        (shown,) = slack.ephemerals
        assert (await slack.click(ann, channel, shown.ts, "link")).acked
        await slack.until(lambda: not slack.ephemerals)


async def test_a_shortcut_is_chosen_from_a_messages_menu(
    slack: FakeSlack, app: AsyncApp, ann: str, channel: str, connected: Any
) -> None:
    texts = list[str]()

    @app.message_shortcut("stop")
    async def stop(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        texts.append(body["message"]["text"])

    async with connected(app):
        ts = await slack.say(ann, channel, "this one")
        assert (await slack.shortcut(ann, "stop", channel=channel, ts=ts)).acked
        await slack.until(lambda: texts == ["this one"])


async def test_feedback_is_given_by_either_button(
    slack: FakeSlack, app: AsyncApp, client: AsyncWebClient, ann: str, channel: str, connected: Any
) -> None:
    values = list[str]()

    @app.action("feedback")
    async def feedback(ack: Any, action: dict[str, Any]) -> None:
        await ack()
        values.append(action["value"])

    asked = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": {"text": plain("Good"), "value": "up"},
        "negative_button": {"text": plain("Bad"), "value": "down"},
    }
    async with connected(app):
        card = await client.chat_postMessage(
            channel=channel, text="?", blocks=[{"type": "context_actions", "elements": [asked]}]
        )
        assert (await slack.click(ann, channel, card["ts"], "Bad")).acked
        await slack.until(lambda: values == ["down"])
