"""The parts of the stand-in, put together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from liteagent.clock import Clock
from liteagent.testing.slack.announcer import Announcer
from liteagent.testing.slack.changes import Changes
from liteagent.testing.slack.courier import Courier
from liteagent.testing.slack.faults import Faults
from liteagent.testing.slack.http_events import HttpEvents
from liteagent.testing.slack.socket_mode import SocketMode
from liteagent.testing.slack.stage import Secrets, Stage
from liteagent.testing.slack.tickets import ResponseUrls, Triggers
from liteagent.testing.slack.web_api import WebApi
from liteagent.testing.slack.workspace import Workspace


@dataclass(slots=True)
class Address:
    """Where the stand-in serves, once it does."""

    port: int | None = None

    def http(self) -> str:
        assert self.port is not None, "the stand-in is not entered"
        return f"http://127.0.0.1:{self.port}"

    def socket(self, ticket: str) -> str:
        return f"ws://127.0.0.1:{self.port}/link?ticket={ticket}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything there is of one stand-in."""

    address: Address
    changes: Changes
    workspace: Workspace
    stage: Stage
    faults: Faults
    courier: Courier
    sockets: SocketMode
    http: HttpEvents
    api: WebApi


def another_team(parts: Parts, team: str) -> Parts:
    """The same app in one more team: what it is told comes by the same way, what it calls is told
    apart by its token.
    """
    number = len(parts.api.stages)
    workspace = Workspace(parts.workspace.clock, team, number=number)
    secrets = replace(
        parts.stage.secrets,
        bot_token=f"{parts.stage.secrets.bot_token}-{team}",
        revoked=set[str](),
        codes=dict[str, bool](),
    )
    stage = replace(
        parts.stage,
        workspace=workspace,
        announcer=Announcer(workspace, parts.courier.event, parts.address.http),
        triggers=Triggers(workspace, parts.stage.triggers.seconds),
        response_urls=ResponseUrls(workspace, parts.address.http),
        secrets=secrets,
        scopes=set(parts.stage.scopes),
    )
    parts.api.stages.append(stage)
    return replace(parts, workspace=workspace, stage=stage)


def put_together(clock: Clock, team: str, secrets: Secrets, answer_seconds: float) -> Parts:
    """The parts, each knowing those it needs."""
    address, changes, faults = Address(), Changes(), Faults()
    workspace = Workspace(clock, team)
    courier = Courier(clock, changes, faults, answer_seconds)
    sockets = SocketMode(workspace, changes, courier.acknowledge)
    http = HttpEvents(secrets, courier.acknowledge)
    faults.attach(sockets, workspace)
    stage = Stage(
        workspace=workspace,
        announcer=Announcer(workspace, courier.event, address.http),
        triggers=Triggers(workspace, answer_seconds),
        response_urls=ResponseUrls(workspace, address.http),
        secrets=secrets,
        base=address.http,
        socket_url=lambda: address.socket(sockets.ticket()),
    )
    courier.door = lambda: http if http.url is not None else sockets
    return Parts(
        address=address,
        changes=changes,
        workspace=workspace,
        stage=stage,
        faults=faults,
        courier=courier,
        sockets=sockets,
        http=http,
        api=WebApi(stage, faults, changes),
    )
