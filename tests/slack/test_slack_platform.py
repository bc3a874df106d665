"""Slack as a platform: what is posted, found again, edited, and what is refused how."""

from __future__ import annotations

import pytest

from liteagent.chat.places import Person, Place
from liteagent.chat.platform import FileOut, Mark, MessageGoneError, Text
from liteagent.kernel import SendError
from liteagent.testing.slack import FakeSlack
from liteagent_slack.errors import MissingScopeError, SlackError, TokenRefusedError
from liteagent_slack.platform import SlackPlatform
from tests.slack.bench import KEY, OTHER


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
