"""A Slack that runs on this machine, for the unmodified slack_sdk and slack_bolt.

    async with FakeSlack() as slack:
        ann = slack.add_user("ann")
        channel = slack.add_channel("general", members=[ann])
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        app = AsyncApp(client=client, signing_secret=slack.signing_secret)
        await AsyncSocketModeHandler(app, slack.app_token, ping_interval=1).connect_async()
        slack.faults.rate_limit("chat.postMessage", retry_after=1)
        asked = await slack.say(ann, channel, f"<@{slack.bot}> restart web")
        await slack.until(lambda: len(slack.messages(channel, asked)) == 2)
        card = slack.messages(channel, asked)[-1]
        assert (await slack.click(ann, channel, card.ts, "Approve")).acked

Set `slack.events_url` and everything is posted there, signed, instead of over a socket. It is as
strict as Slack: tokens, scopes, membership, Block Kit's limits; what Slack would take and spoil is
refused too and stands in `slack.violations`. `slack.faults` is the menu of what can go wrong.
It needs the extra `slack`. Leave HTTP_PROXY and HTTPS_PROXY empty: the library heeds them even for
127.0.0.1.
"""

from liteagent.testing.slack.call_faults import Hold
from liteagent.testing.slack.fake import FakeSlack
from liteagent.testing.slack.faults import Faults
from liteagent.testing.slack.interactions import Interaction
from liteagent.testing.slack.records import (
    Acknowledgement,
    Call,
    File,
    Message,
    Status,
    View,
    Violation,
)
from liteagent.testing.slack.sight import Views
from liteagent.testing.slack.team import Team

__all__ = [
    "Acknowledgement",
    "Call",
    "FakeSlack",
    "Faults",
    "File",
    "Hold",
    "Interaction",
    "Message",
    "Status",
    "Team",
    "View",
    "Views",
    "Violation",
]
