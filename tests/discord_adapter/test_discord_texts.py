"""Whatever an agent says, and whatever goes wrong meanwhile, the thread shows that and no more."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from liteagent.chat.budget import Budget
from liteagent.chat.health import ChatHealth
from liteagent.chat.places import Place
from liteagent.chat.posts import Posts
from liteagent.chat.text import join, split
from liteagent.clock import SystemClock
from liteagent.journal import MemoryJournal
from liteagent.kernel import SendError
from liteagent.testing.discord import EDITS, SENDS, FakeDiscord, Fault, pointed_at
from liteagent.testing.discord.faults import Kind
from liteagent_discord.account import account_of
from liteagent_discord.listener import Listener
from liteagent_discord.platform import LIMITS, DiscordPlatform
from liteagent_discord.rest import Rest
from tests.discord_adapter.stage import Stage

words = st.text(st.sampled_from("abcdefghij äöé漢😀*_@"), min_size=1, max_size=60)
prose = st.lists(words, min_size=1, max_size=80).map(" ".join)
fences = st.lists(words, max_size=80).map(lambda lines: "```py\n" + "\n".join(lines) + "\n```")
rows = st.lists(st.tuples(words, words), min_size=1, max_size=30)
tables = rows.map(lambda rows: "|a|b|\n|---|---|\n" + "\n".join(f"|{a}|{b}|" for a, b in rows))
markdown = st.lists(st.one_of(prose, fences, tables), min_size=1, max_size=4).map("\n\n".join)
calls = st.sampled_from([SENDS, EDITS])
faults = st.one_of(
    st.builds(Fault, kind=st.just(Kind.SERVER_ERROR), on=calls, applied=st.booleans()),
    st.builds(Fault, kind=st.just(Kind.RESET), on=calls, applied=st.booleans()),
    st.builds(
        Fault,
        kind=st.just(Kind.RATE_LIMITED),
        on=calls,
        via=st.booleans(),
        retry_after=st.just(0.001),
    ),
)


@settings(max_examples=25, deadline=None)
@given(first=markdown, second=markdown, wrong=st.lists(faults, max_size=5))
def test_what_the_thread_shows_is_what_the_agent_said(
    first: str, second: str, wrong: list[Fault]
) -> None:
    asyncio.run(_check(first, second, wrong))


async def _check(first: str, second: str, wrong: list[Fault]) -> None:
    health = ChatHealth("Discord", SystemClock())
    async with FakeDiscord() as discord, Listener(health) as client:
        with pointed_at(discord):
            await client.login(discord.token)
            rest, stage = Rest(), Stage(discord)
            rest.use(client)
            platform = DiscordPlatform(rest, account_of(client), SystemClock())
            place = await stage.thread()
            await platform.open(place, "x")
            limits = replace(LIMITS, posts_per_second=1e6, burst=1_000_000)
            posts = Posts(MemoryJournal(), platform, Budget(limits, SystemClock()))
            for fault in wrong:
                discord.faults._add(replace(fault, times=1))
            for text in (first, second):  # what streams is shown as it grows, then as it is
                await _shown(posts, place, text)
                shown = [one for one in discord.messages(int(place.channel)) if one.type == 0]
                assert all(0 < len(one.content) <= LIMITS.text for one in shown)
                rendered = platform.render(text)
                assert [one.content for one in shown] == split(rendered, LIMITS.text)
                assert _letters(join([one.content for one in shown])) == _letters(rendered)


async def _shown(posts: Posts, place: Place, text: str) -> None:
    for _ in range(30):
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


async def test_a_text_of_too_many_messages_ends_with_a_file_that_holds_all_of_it(
    discord: FakeDiscord, stage: Stage, platform: DiscordPlatform
) -> None:
    place = await stage.thread()
    await platform.open(place, "x")
    budget = Budget(replace(LIMITS, posts_per_second=1e6, burst=100), SystemClock())
    text = "\n\n".join(f"Paragraph {n}: {'word ' * 80}" for n in range(60))
    await Posts(MemoryJournal(), platform, budget).show_text(place, "answer", text)

    shown = [one for one in discord.messages(int(place.channel)) if one.type == 0]
    assert len(shown) == LIMITS.messages
    [file] = shown[-1].attachments
    assert (file.filename, file.content) == ("answer.md", text.encode())
