"""Whatever an agent says, and whatever goes wrong meanwhile, the thread shows that and no more."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from liteagent.chat.budget import Budget
from liteagent.chat.places import Place
from liteagent.chat.posts import Posts
from liteagent.chat.text import join, split
from liteagent.clock import SystemClock
from liteagent.journal import MemoryJournal
from liteagent.kernel import SendError
from liteagent.testing.slack import FakeSlack
from liteagent_slack.account import identify
from liteagent_slack.platform import LIMITS, SlackPlatform
from liteagent_slack.settings import SlackSettings
from liteagent_slack.web import open_web

words = st.text(st.sampled_from("abcdefghij äöé漢😀*_@<>&!"), min_size=1, max_size=60)
lines = st.lists(words, min_size=1, max_size=12)
times = st.integers(min_value=1, max_value=60)
prose = st.tuples(lines, times).map(lambda drawn: "\n".join(drawn[0] * drawn[1]))
fences = prose.map(lambda code: f"```py\n{code}\n```")
markdown = st.lists(st.one_of(prose, fences), min_size=1, max_size=3).map("\n\n".join)
kinds = ("rate_limit", "server_error", "reset_before", "reset_after")


@settings(max_examples=15, deadline=None)
@given(first=markdown, second=markdown, seed=st.integers(min_value=0, max_value=999))
def test_what_the_thread_shows_is_what_the_agent_said(first: str, second: str, seed: int) -> None:
    asyncio.run(_check(first, second, seed))


async def _check(first: str, second: str, seed: int) -> None:
    async with FakeSlack() as slack:
        ann = slack.add_user("ann")
        channel = slack.add_channel("general", members=[ann])
        thread = await slack.say(ann, channel, "go")
        place = Place(team=slack.team, channel=channel, thread=thread)
        wanted = SlackSettings(bot_token=slack.bot_token, api_url=slack.api_url)
        async with open_web(wanted) as web:
            platform = SlackPlatform(web, await identify(web), SystemClock())
            limits = replace(LIMITS, posts_per_second=1e6, burst=1_000_000)
            posts = Posts(MemoryJournal(), platform, Budget(limits, SystemClock()))
            slack.faults.at_random(seed, 0.3, kinds)
            for text in (first, second):
                await _shown(posts, place, text)
                _, *shown = slack.messages(channel, thread)
                texts = [slack.text_of(message) for message in shown]
                rendered = platform.render(text)
                parts = split(rendered, LIMITS.text)
                assert [text.strip() for text in texts] == [part.strip() for part in parts]
                assert _letters(join(texts)) == _letters(rendered)
            assert slack.violations == []


async def _shown(posts: Posts, place: Place, text: str) -> None:
    for _ in range(100):
        try:
            await posts.show_text(place, "answer", text)
        except SendError as error:
            if error.permanent:
                raise
        else:
            return
    raise AssertionError("it was never shown")


def _letters(text: str) -> str:
    return "".join(each for each in text if not each.isspace() and each not in "`~")
