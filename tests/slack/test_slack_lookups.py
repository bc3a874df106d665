"""Who people are, and what was said while nobody listened."""

from __future__ import annotations

import time

import pytest

from liteagent.chat.places import Person, PersonKind, Place
from liteagent.chat.platform import Text
from liteagent.kernel import SendError
from liteagent.testing.slack import FakeSlack
from liteagent_slack.platform import SlackPlatform
from tests.slack.bench import KEY


async def test_people_are_members_guests_strangers_or_bots(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, ann: str
) -> None:
    guest = slack.add_user("gil", guest=True)
    stranger = slack.add_user("sam", team="T9")
    robot = slack.add_user("robot", bot=True)
    people = [
        await platform.person(Person(id=id, team=slack.team), thread)
        for id in (ann, guest, stranger, robot)
    ]

    assert [person.kind for person in people] == [
        PersonKind.MEMBER,
        PersonKind.GUEST,
        PersonKind.EXTERNAL,
        PersonKind.BOT,
    ]
    assert (people[0].name, people[0].email) == ("ann", "ann@example.com")
    assert people[2].team == "T9"


async def test_groups_are_those_of_the_last_minute_and_of_now_for_whoever_decides(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, ann: str
) -> None:
    group = slack.add_group("sre", [ann])
    person = Person(id=ann, team=slack.team)
    before = await platform.person(person, thread)
    slack.workspace.groups[group].members.clear()

    assert before.groups == (group, "sre", "Sre")
    assert (await platform.person(person, thread)).groups == before.groups
    assert (await platform.person(person, thread, fresh=True)).groups == ()


async def test_without_the_scope_for_groups_nobody_is_in_one(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, ann: str
) -> None:
    slack.add_group("sre", [ann])
    slack.scopes.discard("usergroups:read")
    assert (await platform.person(Person(id=ann), thread)).groups == ()


async def test_what_was_said_meanwhile_is_found_without_what_we_said(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, ann: str, bob: str
) -> None:
    first = await slack.say(ann, thread.channel, "one", thread=thread.thread)
    await platform.post(thread, Text("ours"), KEY)
    await slack.say(bob, thread.channel, "two", thread=thread.thread)
    await slack.say(bob, thread.channel, "elsewhere")

    missed = await platform.missed("…", thread, first)
    so_far = await platform.thread_so_far(thread, "9999999999.000000")

    assert [(each.text, each.person.id, each.late) for each in missed] == [("two", bob, True)]
    assert [each.text for each in so_far] == ["hello", "one", "ours", "two"]
    assert so_far[2].person.kind is PersonKind.SELF


async def test_mentions_nobody_heard_are_found_wherever_the_app_may_look(
    slack: FakeSlack, platform: SlackPlatform, ann: str, channel: str
) -> None:
    private, dm = slack.add_channel("secret", private=True), slack.open_dm(ann)
    for place in (channel, private):
        await slack.say(ann, place, f"<@{slack.bot}> in {place}")
        await slack.say(ann, place, "not to us")
    await slack.say(ann, dm, "in private")

    everywhere = [each.text for each in await platform.missed_mentions(1.0)]
    since = [each.text for each in await platform.missed_mentions(time.time() + 60)]

    assert everywhere == [f"in {channel}", f"in {private}", "in private"]
    assert since == []


async def test_a_look_at_many_channels_goes_on_where_slack_wanted_a_pause(
    slack: FakeSlack, platform: SlackPlatform, ann: str
) -> None:
    channels = [slack.add_channel(f"c{number}") for number in range(60)]
    await slack.say(ann, channels[-1], f"<@{slack.bot}> hello")
    slack.faults.rate_limit("conversations.history", channel=channels[-1])
    with pytest.raises(SendError):
        await platform.missed_mentions(1.0)
    found = await platform.missed_mentions(1.0)
    assert [each.text for each in found] == ["hello"]
    asked = [call.args["channel"] for call in slack.calls_of("conversations.history")]
    assert len(asked) == len(set(asked)) + 1


async def test_a_mention_that_is_found_later_says_that_its_channel_is_shared(
    slack: FakeSlack, platform: SlackPlatform, ann: str, channel: str
) -> None:
    shared = slack.add_channel("with-others", shared=True)
    for place in (channel, shared):
        await slack.say(ann, place, f"<@{slack.bot}> hello")
    assert [each.shared for each in await platform.missed_mentions(1.0)] == [False, True]


async def test_where_the_app_may_not_list_channels_it_looks_elsewhere(
    slack: FakeSlack, platform: SlackPlatform, ann: str, channel: str
) -> None:
    await slack.say(ann, channel, f"<@{slack.bot}> hello")
    await slack.say(ann, slack.open_dm(ann), "in private")
    slack.faults.missing_scope("channels:read", "users.conversations")
    assert [each.text for each in await platform.missed_mentions(1.0)] == ["in private"]
