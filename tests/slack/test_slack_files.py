"""Files go out and come in, and nothing else is fetched."""

from __future__ import annotations

import pytest

from liteagent.chat.inbound import FileIn
from liteagent.chat.places import Place
from liteagent.chat.platform import FileOut, Text
from liteagent.kernel import SendError
from liteagent.testing.slack import FakeSlack
from liteagent_slack.platform import SlackPlatform
from tests.slack.bench import KEY, OTHER


async def test_a_long_answer_goes_out_as_a_file_and_is_found_again(
    slack: FakeSlack, platform: SlackPlatform, thread: Place
) -> None:
    file = FileOut(name="answer.md", content=b"# All of it", title="The whole answer")

    posted = await platform.post(thread, file, KEY)

    assert await platform.find(thread, KEY, file) == posted
    assert await platform.find(thread, OTHER, file) is None
    assert posted in {message.ts for message in slack.messages(thread.channel, thread.thread)}


async def test_a_persons_file_is_fetched_with_the_bots_token(
    slack: FakeSlack, platform: SlackPlatform, ann: str, channel: str
) -> None:
    id = slack.add_file(ann, "log.txt", b"all is well")
    await slack.say(ann, channel, "look", files=[id])
    url = f"{slack.url}/files-pri/{slack.team}-{id}/download/log.txt"

    assert await platform.fetch(FileIn(name="log.txt", url=url, size=11)) == b"all is well"


async def test_a_login_page_is_not_taken_for_the_file(
    slack: FakeSlack, platform: SlackPlatform, ann: str
) -> None:
    id = slack.add_file(ann, "log.txt", b"all is well")
    url = f"{slack.url}/files-pri/{slack.team}-{id}/download/log.txt"
    slack.revoke()

    with pytest.raises(SendError, match="files:read"):
        await platform.fetch(FileIn(name="log.txt", url=url, size=11))


async def test_a_file_that_is_too_large_is_not_fetched(platform: SlackPlatform) -> None:
    url = f"{platform._web.settings.api_url}a.iso"
    with pytest.raises(SendError, match="more than 20,000,000 bytes"):
        await platform.fetch(FileIn(name="a.iso", url=url, size=21_000_000))


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://slack.com/a.txt",
        "https://slack.com.evil.example/a.txt",
        "https://evilslack.com/a.txt",
        "https://slack.com@evil.example/a.txt",
    ],
)
async def test_nothing_is_fetched_from_elsewhere(platform: SlackPlatform, url: str) -> None:
    with pytest.raises(SendError, match="outside of Slack"):
        await platform.fetch(FileIn(name="a.txt", url=url, size=1))


async def test_slack_fetches_no_address_that_an_agent_writes(
    platform: SlackPlatform, thread: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, object]] = []
    call = platform._web.call

    async def seen(method: str, **arguments: object) -> dict[str, object]:
        sent.append(arguments)
        return await call(method, **arguments)

    monkeypatch.setattr(platform._web, "call", seen)
    await platform.post(thread, Text("![x](https://evil.example/?secret)"), KEY)
    assert (sent[0]["unfurl_links"], sent[0]["unfurl_media"]) == (False, False)
