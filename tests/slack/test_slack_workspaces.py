"""Several workspaces over one app: each installs it over the gateway and has its own token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from liteagent.chat.adapter import is_wanted
from liteagent.chat.places import Place
from liteagent.chat.platform import Platform, Text
from liteagent.chat.service import ChatService
from liteagent.kernel import SendError
from liteagent.testing.runtime import AgentRig
from liteagent.testing.slack import FakeSlack, Team
from liteagent_slack import SlackAdapter, routes
from liteagent_slack.oauth import SCOPES
from liteagent_slack.settings import SlackSettings
from liteagent_slack.setup import installations_of
from liteagent_slack.states import COLLECTION as STATES
from liteagent_slack.teams import TeamsPlatform
from tests.fixtures.rigs import gated, script
from tests.slack.bench import SECONDS, Bench
from tests.slack.test_slack_http import gateway_with, served

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
COOKIE = "slack-app-oauth-state"
AnyTeam = FakeSlack | Team


class Together(Bench):
    """An app that workspaces install; a gateway beside the adapter's own process."""

    own_token = False

    @property
    def slack_settings(self) -> SlackSettings:
        return replace(
            super().slack_settings,
            bot_token=self.slack.bot_token if self.own_token else "",
            client_id=self.slack.secrets.client_id,
            client_secret=self.slack.secrets.client_secret,
            encryption_key=KEY,
        )

    async def open(self) -> None:
        self._stack = AsyncExitStack()
        offered = routes.routes(self.slack_settings, self.parts)
        self._stack.push_async_callback(offered.close)
        self.url = await self._stack.enter_async_context(served(gateway_with(offered, self.rig)))
        if self.http:
            self.slack.events_url = f"{self.url}/slack/events"
        self.browser = await self._stack.enter_async_context(aiohttp.ClientSession())
        await super().open()

    async def close(self) -> None:
        await super().close()
        await self._stack.aclose()

    def _connect(self, platform: Platform) -> ChatService:
        assert isinstance(platform, TeamsPlatform)
        self.platform = platform
        return self._service(platform)

    def _service(self, platform: Platform) -> ChatService:
        return ChatService(
            platform,
            self.rig.sessions,
            default_agent="agent",
            settings=self.settings,
            find_tool=self.find_tool,
            clock=self.rig.clock,
        )

    async def begin(self) -> tuple[str, str]:
        """The state in Slack's address, and the cookie that the browser keeps."""
        async with self.browser.get(f"{self.url}/slack/install", allow_redirects=False) as answer:
            assert answer.status == 302
            self.asked = urlsplit(answer.headers["Location"])
            cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return parse_qs(self.asked.query)["state"][0], cookie

    async def finish(self, cookie: str, **query: str) -> tuple[int, str]:
        """What the page says to which Slack leads back."""
        url = f"{self.url}/slack/oauth_redirect"
        async with self.browser.get(url, params=query, headers={"Cookie": cookie}) as answer:
            return answer.status, await answer.text()

    async def install(self, team: AnyTeam) -> str:
        state, cookie = await self.begin()
        status, page = await self.finish(cookie, state=state, code=team.issue_code())
        assert status == 200, page
        return page

    async def says(self, team: AnyTeam, channel: str, thread: str, text: str) -> None:
        """Wait until this is what the app says in a thread."""

        def said() -> bool:
            return any(
                message.bot and text in team.text_of(message)
                for message in team.messages(channel, thread)
            )

        await self.slack.until(said, SECONDS)


@pytest.fixture
async def together() -> AsyncIterator[Together]:
    async with Together(AgentRig(script())) as together:
        yield together


def second(bench: Together) -> tuple[Team, str]:
    """Another workspace, in which Ann has the same user id, and its channel."""
    team = bench.slack.add_team("T2")
    team.add_user("anna", id=bench.ann)
    return team, team.add_channel("lobby", members=[bench.ann])


def tokens(slack: FakeSlack, channel: str) -> set[str | None]:
    """Of the calls that wrote into a channel."""
    return {
        call.token
        for call in slack.calls
        if call.method.startswith("chat.") and call.args.get("channel") == channel
    }


@pytest.mark.parametrize("http", [False, True])
async def test_two_workspaces_install_it_and_each_is_answered_with_its_own_token(
    http: bool,
) -> None:
    async with Together(AgentRig(script()), http=http) as bench:
        team, lobby = second(bench)
        assert "Stand-in (T1)" in await bench.install(bench.slack)
        assert "Stand-in 2 (T2)" in await bench.install(team)

        one = await bench.mention("hello")
        two = await team.say(bench.ann, lobby, f"<@{team.bot}> hello")
        await bench.says(bench.slack, bench.channel, one, "ok")
        await bench.says(team, lobby, two, "ok")

        assert tokens(bench.slack, bench.channel) == {bench.slack.bot_token}
        assert tokens(bench.slack, lobby) == {team.bot_token}


async def test_the_same_user_id_in_two_workspaces_is_two_people(together: Together) -> None:
    team, lobby = second(together)
    await together.install(together.slack)
    await together.install(team)
    one = await together.mention("hello")
    two = await team.say(together.ann, lobby, f"<@{team.bot}> hello")
    await together.says(together.slack, together.channel, one, "ok")
    await together.says(team, lobby, two, "ok")

    senders = set[str]()
    for session in (f"T1:{together.channel}:{one}", f"T2:{lobby}:{two}"):
        (received,) = await together.rig.of_type(session, "message.received")
        senders.add(received["principal"]["id"])
    assert senders == {f"slack:T1:{together.ann}", f"slack:T2:{together.ann}"}


async def test_a_card_is_decided_where_it_is_shown() -> None:
    async with Together(gated()) as bench:
        team, lobby = second(bench)
        bob = team.add_user("bob")
        team.join(bob, lobby)
        await bench.install(team)
        thread = await team.say(bench.ann, lobby, f"<@{team.bot}> go")

        def card() -> str:
            shown = team.messages(lobby, thread)
            return next((m.ts for m in shown if "Approve" in team.text_of(m) and m.bot), "")

        ts = await bench.slack.until(card, SECONDS)
        assert (await team.click(bob, lobby, ts, "Approve")).acked
        await bench.says(team, lobby, thread, "ok")
        assert len(bench.rig.sink.calls("restart")) == 1


async def test_where_it_was_uninstalled_everything_is_refused_until_it_is_installed_again(
    together: Together, caplog: pytest.LogCaptureFixture
) -> None:
    team, lobby = second(together)
    await together.install(together.slack)
    await together.install(team)
    thread = Place(team="T2", channel=lobby, thread=await team.say(together.ann, lobby, "hi"))
    team.uninstall()
    await together.slack.until(lambda: "T2" in str(together.running.health().text), SECONDS)

    with pytest.raises(SendError, match=r"Stand-in 2 \(T2\): .* open /slack/install") as refused:
        await together.platform.post(thread, Text("hello"), "0" * 32)
    assert refused.value.permanent
    assert together.running.health().details["teams"] == ["T1"]
    assert "serves Slack's workspace Stand-in 2 (T2) no more" in caplog.text
    assert (await team.command(together.ann, lobby, "/agent", "hello")).acked
    assert [m for m in team.ephemerals if "/slack/install" in team.text_of(m)]
    one = await together.mention("are you there?")
    await together.says(together.slack, together.channel, one, "ok")

    team.install_again()
    await together.install(team)
    two = await team.say(together.ann, lobby, f"<@{team.bot}> hello")
    await together.says(team, lobby, two, "ok")


async def test_the_workspace_of_the_bot_token_is_served_beside_those_that_install_it() -> None:
    class Beside(Together):
        own_token = True

    async with Beside(AgentRig(script())) as bench:
        team, lobby = second(bench)
        await bench.install(team)
        one = await bench.mention("hello")
        two = await team.say(bench.ann, lobby, f"<@{team.bot}> hello")
        await bench.says(bench.slack, bench.channel, one, "ok")
        await bench.says(team, lobby, two, "ok")


async def test_no_workspace_waits_until_slack_has_said_which_is_the_bot_tokens() -> None:
    class Beside(Together):
        own_token = True

    async with Beside(AgentRig(script()), http=True) as bench:
        await bench.slack.until(lambda: bench.running.health().connected)
        team, lobby = second(bench)
        await bench.install(team)
        hold = bench.slack.faults.hold("auth.test")
        await bench.mention("hello")
        await bench.slack.until(lambda: hold.waiting)
        two = await team.say(bench.ann, lobby, f"<@{team.bot}> hello")
        await bench.says(team, lobby, two, "ok")
        assert hold.waiting

        hold.release()
        one = await bench.mention("hello again")
        await bench.says(bench.slack, bench.channel, one, "ok")


async def test_neither_an_old_removal_nor_a_persons_own_token_undoes_an_installation(
    together: Together,
) -> None:
    await together.install(together.slack)
    (record,) = await together.rig.journal.records("chat-installations/slack")
    installed = int(record.value["installed_at"])
    for event, at in (
        ({"type": "app_uninstalled"}, installed - 60),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}, installed + 60),
    ):
        acks = len(together.slack.acks)
        together.slack.emit(event | {"event_ts": f"{at}.000000"})
        together.slack.events[-1]["event_time"] = at
        await together.slack.until(lambda acks=acks: len(together.slack.acks) > acks)
    thread = await together.mention("hello")
    await together.says(together.slack, together.channel, thread, "ok")


async def test_slacks_own_contract_finds_and_removes_an_installation(together: Together) -> None:
    await together.install(together.slack)
    store = installations_of(together.slack_settings, together.parts)
    where = {"enterprise_id": None, "team_id": "T1"}
    bot = await store.async_find_bot(**where)
    assert bot is not None
    assert (bot.bot_token, bot.bot_user_id) == (together.slack.bot_token, together.slack.bot)
    assert await store.async_find_bot(enterprise_id=None, team_id="T2") is None
    await store.async_delete_all(**where)
    assert await store.async_find_installation(**where) is None


async def test_slack_is_asked_for_the_scopes_of_the_manifest(together: Together) -> None:
    await together.begin()
    asked = parse_qs(together.asked.query)
    assert together.asked.path == "/oauth/v2/authorize"
    assert asked["scope"] == [",".join(SCOPES)]
    assert asked["client_id"] == [together.slack.secrets.client_id]


async def test_a_state_is_good_once_and_in_one_browser_alone(together: Together) -> None:
    state, cookie = await together.begin()
    _, other = await together.begin()
    code = together.slack.issue_code()
    for presented in (other, f"{COOKIE}=", "x=y"):
        status, page = await together.finish(presented, state=state, code=code)
        assert (status, "did not begin" in page) == (400, True)
    forged = f"{state[:-1]}{'0' if state[-1] != '0' else '1'}"
    assert (await together.finish(f"{COOKIE}={forged}", state=forged, code=code))[0] == 400

    assert (await together.finish(cookie, state=state, code=code))[0] == 200
    again = together.slack.issue_code()
    status, page = await together.finish(cookie, state=state, code=again)
    assert (status, "used already" in page) == (400, True)


async def test_a_state_that_nobody_uses_is_not_stored(together: Together) -> None:
    await together.begin()
    assert await together.rig.journal.records(STATES) == []


async def test_a_refusal_of_slacks_is_told_in_a_sentence(together: Together) -> None:
    state, cookie = await together.begin()
    status, page = await together.finish(cookie, state=state, code="<b>made-up")
    assert status == 502
    assert "invalid_code" in page
    status, page = await together.finish(cookie, error="<i>access_denied")
    assert status == 400
    assert "&lt;i&gt;access_denied" in page


async def test_no_token_stands_in_the_journal_in_the_clear(together: Together) -> None:
    await together.install(together.slack)
    (record,) = await together.rig.journal.records("chat-installations/slack")
    assert together.slack.bot_token not in str(record.value)
    assert record.value["token"].startswith("enc:v1:")


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({"SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_SECRET is not set"),
        ({"SLACK_CLIENT_SECRET": "s", "SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_CLIENT_ID is not set"),
        (
            {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s"},
            "LITEAGENT_ENCRYPTION_KEY is not set",
        ),
    ],
)
def test_what_lacks_is_told_in_a_sentence(variables: dict[str, str], complaint: str) -> None:
    found = SlackAdapter().lacks(variables | {"SLACK_APP_TOKEN": "xapp-1"})
    assert complaint in found
    assert found.endswith(".")


async def test_the_doctor_checks_the_token_of_each_workspace(together: Together) -> None:
    team, _ = second(together)
    third = together.slack.add_team("T3")
    environ = {
        "SLACK_APP_TOKEN": together.slack.app_token,
        "SLACK_CLIENT_ID": together.slack.secrets.client_id,
        "SLACK_CLIENT_SECRET": together.slack.secrets.client_secret,
        "LITEAGENT_ENCRYPTION_KEY": KEY,
        "LITEAGENT_SLACK_API_URL": together.slack.api_url,
    }

    async def found() -> list[tuple[str, str]]:
        findings = SlackAdapter().examine(environ, together.rig.journal)
        return [(each.level, each.text) async for each in findings][:-1]

    ((level, text),) = await found()
    assert (level, "open /slack/install" in text) == ("note", True)
    for each in (together.slack, team, third):
        await together.install(each)
    third.uninstall()
    await together.slack.until(lambda: "T3" in together.running.health().text, SECONDS)
    together.slack.secrets.revoked.add(together.slack.bot_token)

    wrong, good, gone = await found()
    assert wrong[0] == "wrong"
    assert "the installation in Stand-in (T1)" in wrong[1]
    assert good == ("ok", "liteagent in the workspace Stand-in 2 (T2)")
    assert gone[0] == "note"
    assert "Stand-in 3 (T3)" in gone[1]


def test_the_adapter_is_wanted_by_whoever_sets_a_client_id() -> None:
    assert is_wanted(SlackAdapter(), {"SLACK_CLIENT_ID": "1.2"})
    assert not is_wanted(SlackAdapter(), {"SLACK_APP_TOKEN": "xapp-1"})
