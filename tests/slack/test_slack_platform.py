"""Slack as a platform: what is posted, found again, edited, and what is refused how."""

from __future__ import annotations

import time

import pytest

from liteagent.chat.inbound import FileIn
from liteagent.chat.places import Person, PersonKind, Place
from liteagent.chat.platform import FileOut, Mark, MessageGoneError, Text
from liteagent.kernel import SendError
from liteagent.testing.slack import FakeSlack
from liteagent_slack.errors import MissingScopeError, SlackError, TokenRefusedError
from liteagent_slack.platform import SlackPlatform

KEY, OTHER = "a" * 32, "b" * 32


async def test_a_post_is_found_again_by_its_key_and_no_other(
    slack: FakeSlack, platform: SlackPlatform, thread: Place
) -> None:
    posted = await platform.post(thread, Text("**Done.**"), KEY)

    assert await platform.find(thread, KEY, Text("**Done.**")) == posted
    assert await platform.find(thread, OTHER, Text("**Done.**")) is None
    assert slack.text_of(slack.message(thread.channel, posted)) == "**Done.**"


@pytest.mark.parametrize("times", [1, 2])
async def test_where_blocks_are_not_known_a_message_is_plainer(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, times: int
) -> None:
    slack.faults.refuse("invalid_blocks", times=times)
    posted = await platform.post(thread, Text("Done & **good**.", closing=True), KEY)
    assert slack.text_of(slack.message(thread.channel, posted)).startswith("Done &")
    assert await platform.find(thread, KEY, Text("")) == posted

    slack.faults.refuse("invalid_blocks", times=times)
    await platform.edit(thread, posted, Text("Better.", closing=True))
    assert slack.text_of(slack.message(thread.channel, posted)) == "Better."


async def test_a_stream_ends_where_no_opinion_can_be_asked(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, ann: str
) -> None:
    stream = await platform.stream(thread, ann, "One line.")
    assert stream is not None
    slack.faults.refuse("invalid_blocks")
    await stream.finish(closing=True)
    assert slack.text_of(slack.message(thread.channel, stream.id)) == "One line."
    assert all(each.stopped for each in slack.workspace.streams.values())


async def test_slack_is_asked_by_the_verbs_of_its_own_library(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, ann: str
) -> None:
    file = FileOut(name="answer.md", content=b"# All of it", title="The whole answer")
    await platform.find(thread, await platform.post(thread, file, KEY), file)
    await platform.person(Person(id=ann), thread)

    got = {call.method for call in slack.calls if call.verb == "GET"}
    assert got == {"conversations.replies", "usergroups.list", "users.info"}


async def test_a_post_in_a_direct_message_is_found_again_too(
    slack: FakeSlack, platform: SlackPlatform, ann: str
) -> None:
    place = Place(team=slack.team, channel=slack.open_dm(ann), direct=True)

    posted = await platform.post(place, Text("hi"), KEY)

    assert await platform.find(place, KEY, Text("hi")) == posted


async def test_the_longest_message_fits(
    slack: FakeSlack, platform: SlackPlatform, thread: Place
) -> None:
    await platform.post(thread, Text("<&>" * (platform.limits.text // 3)), KEY)

    assert slack.violations == []


async def test_an_edit_replaces_the_text_and_keeps_the_key(
    slack: FakeSlack, platform: SlackPlatform, thread: Place
) -> None:
    posted = await platform.post(thread, Text("one"), KEY)

    await platform.edit(thread, posted, Text("two"))

    assert slack.text_of(slack.message(thread.channel, posted)) == "two"
    assert await platform.find(thread, KEY, Text("two")) == posted


async def test_an_edit_of_a_deleted_message_says_that_it_is_gone(
    slack: FakeSlack, platform: SlackPlatform, thread: Place
) -> None:
    posted = await platform.post(thread, Text("one"), KEY)
    slack.faults.vanish(thread.channel, posted)

    with pytest.raises(MessageGoneError):
        await platform.edit(thread, posted, Text("two"))
    await platform.remove(thread, posted)


async def test_a_stream_grows_and_can_be_edited_when_it_is_finished(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, ann: str
) -> None:
    stream = await platform.stream(thread, ann, "The web")
    assert stream is not None
    await stream.append(" server is up.")
    await stream.finish()
    assert slack.text_of(slack.message(thread.channel, stream.id)) == "The web server is up."

    await platform.edit(thread, stream.id, Text("It is up."))

    assert slack.text_of(slack.message(thread.channel, stream.id)) == "It is up."


async def test_outside_of_threads_there_are_no_streams(
    slack: FakeSlack, platform: SlackPlatform, ann: str
) -> None:
    place = Place(team=slack.team, channel=slack.open_dm(ann), direct=True)
    assert await platform.stream(place, ann, "hi") is None


@pytest.mark.parametrize("error", ["missing_scope", "unknown_method", "feature_not_enabled"])
async def test_where_slack_has_no_streams_none_is_begun(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, ann: str, error: str
) -> None:
    slack.faults.refuse(error, "chat.startStream")
    assert await platform.stream(thread, ann, "hi") is None


async def test_too_many_streams_are_none_instead_of_a_wait(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, ann: str
) -> None:
    slack.faults.rate_limit("chat.startStream")
    assert await platform.stream(thread, ann, "hi") is None


async def test_a_stream_that_broke_off_is_found_by_its_text_and_a_finished_one_is_not(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, ann: str
) -> None:
    finished = await platform.stream(thread, ann, "The server is up")
    assert finished is not None
    await finished.finish()
    broken = await platform.stream(thread, ann, "The server is")
    assert broken is not None
    await broken.append(" up")

    assert await platform.find(thread, KEY, Text("The server is up and well.")) == broken.id
    assert await platform.find(thread, KEY, Text("Something else was said.")) is None
    assert await platform.find(thread, KEY, Text("")) is None


async def test_a_stream_that_was_left_behind_can_be_edited(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, ann: str
) -> None:
    broken = await platform.stream(thread, ann, "The server is")
    assert broken is not None

    await platform.edit(thread, broken.id, Text("The server is up."))

    assert slack.text_of(slack.message(thread.channel, broken.id)) == "The server is up."


async def test_a_stream_that_slack_ended_takes_no_more_and_is_finished_all_the_same(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, ann: str
) -> None:
    stream = await platform.stream(thread, ann, "The server is")
    assert stream is not None
    slack.faults.expire_streams()

    with pytest.raises(SendError) as refused:
        await stream.append(" up")
    assert refused.value.permanent
    await stream.finish()

    assert slack.text_of(slack.message(thread.channel, stream.id)) == "The server is"
    assert await platform.find(thread, KEY, Text("The server is up")) is None


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


async def test_status_and_marks_come_and_go(
    slack: FakeSlack, platform: SlackPlatform, thread: Place
) -> None:
    await platform.status(thread, "is running pytest…")
    assert slack.status(thread.channel, thread.thread) == "is running pytest…"
    await platform.status(thread, "")
    assert slack.status(thread.channel, thread.thread) == ""

    for on in (True, True, False, False):
        await platform.mark(thread, thread.thread, Mark.QUEUED, on=on)
    assert not any(slack.message(thread.channel, thread.thread).reactions.values())


async def test_without_the_scope_there_is_no_status_line_and_the_log_says_so_once(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, caplog: pytest.LogCaptureFixture
) -> None:
    slack.scopes.discard("assistant:write")

    await platform.status(thread, "thinks")
    await platform.status(thread, "thinks on")

    assert [record.message for record in caplog.records].count(caplog.records[0].message) == 1
    assert "assistant:write" in caplog.text
    assert len(slack.calls_of("assistant.threads.setStatus")) == 1


async def test_one_person_is_told_and_nobody_else_sees_it(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, ann: str
) -> None:
    await platform.tell(thread, ann, "You may *not*.")

    (told,) = slack.ephemerals
    assert (told.only_for, slack.text_of(told)) == (ann, "You may *not*.")


async def test_whoever_can_be_told_nothing_in_a_channel_is_told_directly(
    slack: FakeSlack, platform: SlackPlatform, ann: str
) -> None:
    elsewhere = slack.add_channel("elsewhere", members=[ann], bot_in=False)
    await platform.tell(Place(team=slack.team, channel=elsewhere), ann, "You may not.")

    assert slack.ephemerals == []
    (told,) = slack.messages(slack.open_dm(ann))
    assert slack.text_of(told) == "You may not."


@pytest.mark.parametrize(
    ("error", "permanent"),
    [("channel_not_found", True), ("is_archived", True), ("not_in_channel", True)],
)
async def test_what_no_other_try_can_help_is_permanent(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, error: str, permanent: bool
) -> None:
    slack.faults.refuse(error, "chat.postMessage")
    with pytest.raises(SlackError, match=error) as refused:
        await platform.post(thread, Text("hi"), KEY)
    assert refused.value.permanent is permanent
    assert not refused.value.may_have_arrived


async def test_a_missing_scope_is_named(
    slack: FakeSlack, platform: SlackPlatform, thread: Place
) -> None:
    slack.scopes.discard("chat:write")
    with pytest.raises(MissingScopeError, match="chat:write"):
        await platform.post(thread, Text("hi"), KEY)


async def test_a_revoked_token_is_told_with_its_variable_and_tried_again_later(
    slack: FakeSlack, platform: SlackPlatform, thread: Place
) -> None:
    slack.revoke()
    with pytest.raises(TokenRefusedError, match="SLACK_BOT_TOKEN") as refused:
        await platform.post(thread, Text("hi"), KEY)
    assert not refused.value.permanent
    assert refused.value.retry_after


async def test_too_many_calls_say_when_to_come_again(
    slack: FakeSlack, platform: SlackPlatform, thread: Place
) -> None:
    slack.faults.rate_limit("chat.postMessage", retry_after=7)
    with pytest.raises(SendError) as refused:
        await platform.post(thread, Text("hi"), KEY)
    assert (refused.value.retry_after, refused.value.may_have_arrived) == (7.0, False)


@pytest.mark.parametrize("applied", [True, False])
async def test_after_a_lost_connection_the_key_tells_whether_it_arrived(
    slack: FakeSlack, platform: SlackPlatform, thread: Place, applied: bool
) -> None:
    slack.faults.reset("chat.postMessage", applied=applied)
    with pytest.raises(SendError) as lost:
        await platform.post(thread, Text("hi"), KEY)
    assert lost.value.may_have_arrived
    assert (await platform.find(thread, KEY, Text("hi")) is not None) is applied


async def test_an_error_of_slacks_own_may_have_arrived(
    slack: FakeSlack, platform: SlackPlatform, thread: Place
) -> None:
    slack.faults.server_error("chat.postMessage")
    with pytest.raises(SendError) as failed:
        await platform.post(thread, Text("hi"), KEY)
    assert failed.value.may_have_arrived
    assert not failed.value.permanent


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


async def test_a_slash_commands_question_opens_one_thread_however_often_it_is_begun(
    slack: FakeSlack, platform: SlackPlatform, ann: str, channel: str
) -> None:
    place = Place(team=slack.team, channel=channel)
    first = await platform.begin(place, Person(id=ann), "what <!here> runs?", KEY)
    again = await platform.begin(place, Person(id=ann), "what <!here> runs?", KEY)

    assert first == again
    (root,) = slack.messages(channel)
    assert first[0] == f"{slack.team}:{channel}:{root.ts}"
    assert root.text == f"<@{ann}> asks: what &lt;!here&gt; runs?"


async def test_a_link_opens_the_message(platform: SlackPlatform, thread: Place) -> None:
    assert thread.thread.replace(".", "") in await platform.permalink(thread, thread.thread)
    assert await platform.permalink(thread, "1.0") == ""


def test_nothing_an_agent_says_calls_a_whole_channel(platform: SlackPlatform) -> None:
    rendered = platform.render("<!channel> <!here> <!everyone> <!subteam^S1> <!-- kept --> <@U1>")
    assert not any(word in rendered for word in ("<!c", "<!h", "<!e", "<!s"))
    assert rendered.endswith("<!-- kept --> <@U1>")
