"""The stand-in itself."""

from __future__ import annotations

import json
from typing import Self

from liteagent.clock import Clock, SystemClock
from liteagent.testing.slack.courier import ACK_WITHIN
from liteagent.testing.slack.faults import Faults
from liteagent.testing.slack.parts import another_team, put_together
from liteagent.testing.slack.people import People
from liteagent.testing.slack.places import Places
from liteagent.testing.slack.records import Json
from liteagent.testing.slack.server import Server
from liteagent.testing.slack.sight import Sight
from liteagent.testing.slack.stage import Secrets
from liteagent.testing.slack.team import Team
from liteagent.testing.slack.workspace import Workspace


class FakeSlack(Places, People, Sight):
    """A Slack workspace with one app in it, served on a free port of 127.0.0.1 while entered.

    `clock` rules the ts of messages, the retries of events and every expiry. Who clicks waits
    `answer_seconds` for the app: Slack's three, or more where a slow machine must not matter.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        signing_secret: str = "signing-secret",
        team: str = "T1",
        bot_token: str = "xoxb-stand-in",
        app_token: str = "xapp-stand-in",
        answer_seconds: float = ACK_WITHIN,
    ) -> None:
        self.signing_secret = signing_secret
        self.team = team
        self.bot_token = bot_token
        self.app_token = app_token
        secrets = Secrets(signing_secret=signing_secret, bot_token=bot_token, app_token=app_token)
        self._parts = put_together(clock or SystemClock(), team, secrets, answer_seconds)
        self._server = Server(self._parts)

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.faults.clear()
        await self._parts.courier.stop()
        await self._server.stop()

    @property
    def url(self) -> str:
        """`http://127.0.0.1:<port>`."""
        return self._parts.address.http()

    @property
    def api_url(self) -> str:
        """The base url of the Web API, as clients take it."""
        return f"{self.url}/api/"

    @property
    def workspace(self) -> Workspace:
        """The plain state."""
        return self._parts.workspace

    @property
    def bot(self) -> str:
        """The app's user id: `<@{slack.bot}>` mentions it."""
        return self._parts.workspace.bot

    @property
    def faults(self) -> Faults:
        """The menu of what can go wrong."""
        return self._parts.faults

    @property
    def secrets(self) -> Secrets:
        """Tokens, and what OAuth is done with."""
        return self._parts.stage.secrets

    @property
    def scopes(self) -> set[str]:
        """What the app may do; take some away to see it refused."""
        return self._parts.stage.scopes

    @property
    def subscriptions(self) -> set[str]:
        """The events that the app is told of."""
        return self._parts.stage.announcer.subscriptions

    @property
    def strict(self) -> bool:
        """Whether what Slack would spoil is refused; it is always recorded as a violation."""
        return self._parts.stage.strict

    @strict.setter
    def strict(self, strict: bool) -> None:
        self._parts.stage.strict = strict

    @property
    def events_url(self) -> str | None:
        """Where everything is posted to, signed; None means Socket Mode."""
        return self._parts.http.url

    @events_url.setter
    def events_url(self, url: str | None) -> None:
        self._parts.http.url = url

    async def redeliver(self) -> int:
        """Deliver what is not acknowledged once more, without waiting for its time; how many."""
        return await self._parts.courier.redeliver()

    def issue_code(self) -> str:
        """A code as OAuth hands one to the app's redirect, good for one `oauth.v2.access`."""
        return self.secrets.issue_code()

    def add_team(self, team: str) -> Team:
        """One more workspace for the same app, with a bot user, ids and a token of its own."""
        return Team(another_team(self._parts, team))

    def revoke(self, token: str | None = None) -> None:
        """Revoke a token, the bot's if none is named; the app is told."""
        self.secrets.revoked.add(token or self.bot_token)
        self._parts.stage.announcer.event({"type": "tokens_revoked", "tokens": {"bot": [self.bot]}})

    def emit(self, event: Json) -> None:
        """Deliver an event that nothing else here causes, subscribed or not."""
        self._parts.stage.announcer.emit(event)

    async def post_signed(
        self, payload: Json, *, age: float = 0.0, secret: str | None = None
    ) -> int:
        """Post this to `events_url` as JSON, as if signed `age` seconds ago, or with a `secret`
        that is not the app's; the HTTP status of the answer.
        """
        body = json.dumps(payload).encode()
        status, _, _ = await self._parts.http.post(body, "application/json", age=age, secret=secret)
        return status

    async def challenge(self) -> bool:
        """Ask `events_url` for the proof that it is the app's; whether it gave it."""
        asked = {"type": "url_verification", "token": "t", "challenge": "3eZbrw1a"}
        body = json.dumps(asked).encode()
        status, answer, _ = await self._parts.http.post(body, "application/json")
        return status == 200 and asked["challenge"] in (answer or {}).values()
