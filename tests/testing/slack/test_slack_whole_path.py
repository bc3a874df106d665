"""From a mention to an approved card, with the unmodified library."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from liteagent.testing.slack import FakeSlack

CARD: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Restart *web*?"}},
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "value": "la:1:approve",
                "style": "primary",
                "text": {"type": "plain_text", "text": "Approve"},
            }
        ],
    },
]


async def test_a_mention_is_answered_with_a_card_that_a_click_turns_into_a_decision(
    slack: FakeSlack, app: AsyncApp, ann: str, channel: str, connected: Any
) -> None:
    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], client: Any) -> None:
        await client.chat_postMessage(
            channel=event["channel"], thread_ts=event["ts"], text="Restart?", blocks=CARD
        )

    @app.event("message")
    async def said() -> None: ...

    @app.action("approve")
    async def approve(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        await client.chat_update(
            channel=body["channel"]["id"],
            ts=body["container"]["message_ts"],
            text=f"Approved by <@{body['user']['id']}>",
        )

    async with connected(app):
        asked = await slack.say(ann, channel, f"<@{slack.bot}> restart web")
        await slack.until(lambda: len(slack.messages(channel, asked)) == 2)
        card = slack.messages(channel, asked)[-1]
        assert slack.text_of(card) == "Restart *web*?\n[Approve]"

        click = await slack.click(ann, channel, card.ts, "la:1:approve")
        assert click.acked
        await slack.until(lambda: slack.text_of(card) == f"Approved by <@{ann}>")
    assert {ack.what for ack in slack.acks} >= {"app_mention", "message", "block_actions"}
