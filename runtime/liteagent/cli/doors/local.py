"""The door into this process: sessions run here, over the journal in the data directory."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager

from liteagent.agents.assembly import assemble
from liteagent.agents.configuration import Configuration
from liteagent.agents.directory import AgentFiles
from liteagent.agents.inbox import ApprovalInbox
from liteagent.agents.sessions import Sessions
from liteagent.cli.doors.contract import Ballot, Decided, Item, Live, Receipt
from liteagent.cli.doors.on_demand import RuntimeOnDemand
from liteagent.cli.loading import load_plugins
from liteagent.errors import SessionNotFoundError
from liteagent.events import Event
from liteagent.journal import Journal, from_environment, open_journal
from liteagent.kernel import LocalRuntime, Reply, Runtime
from liteagent.principal import LOCAL

DRAIN_SECONDS = 2.0
"""What still runs when the command ends gets this long; the journal knows the rest."""


class LocalDoor:
    """A `Door`."""

    server: str | None = None

    def __init__(
        self, sessions: Sessions, inbox: ApprovalInbox, default_agent: Callable[[], str]
    ) -> None:
        self._sessions, self._inbox, self._default_agent = sessions, inbox, default_agent

    async def default_agent(self) -> str:
        return self._default_agent()

    async def agent(self, name: str) -> Item:
        return self._sessions.agents.get(name).model_dump(mode="json")

    async def sessions(
        self, *, agent: str | None, status: str | None, limit: int
    ) -> Sequence[Item]:
        page = await self._sessions.list(agent=agent, status=status, limit=limit)
        if agent is not None and not page.items:
            self._sessions.agents.get(agent)  # one that is gone may have left sessions
        return page.items

    async def session(self, session_id: str) -> Item:
        try:
            return await self._sessions.get(session_id)
        except SessionNotFoundError as error:
            raise await self._sessions.missing(session_id) from error

    async def messages(self, session_id: str) -> Sequence[Item]:
        await self.session(session_id)
        return await self._sessions.messages(session_id)

    async def events(self, session_id: str, *, after: int = 0) -> AsyncGenerator[Event]:
        await self.session(session_id)
        async for event in self._sessions.events(session_id, after=after):
            yield event

    async def create(self, agent: str, session_id: str | None = None) -> str:
        return await self._sessions.create(agent, principal=LOCAL, session_id=session_id)

    async def send(self, session_id: str, text: str) -> Receipt:
        return await self._sessions.send(session_id, text, principal=LOCAL)

    async def follow(self, session_id: str, *, after: int) -> AsyncGenerator[Live]:
        async with aclosing(self._sessions.watch(session_id, after)) as frames:
            async for frame in frames:
                assert not isinstance(frame, Reply), "a stream without a command has no reply"
                yield frame

    async def cancel(self, session_id: str, turn_id: str | None = None) -> Sequence[str]:
        await self.session(session_id)
        return await self._sessions.cancel(session_id, principal=LOCAL, turn_id=turn_id)

    async def fork(self, session_id: str, at: int) -> str:
        await self.session(session_id)
        return await self._sessions.fork(session_id, at)

    async def approvals(self) -> Sequence[Item]:
        return await self._inbox.pending()

    async def approval(self, approval_id: str) -> Item:
        return await self._inbox.get(approval_id)

    async def decide(self, approval_id: str, ballot: Ballot, shown: str) -> Decided:
        item = await self._inbox.get(approval_id)
        reply = await self._inbox.decide(
            approval_id,
            ballot.verb.value,
            principal=LOCAL,
            args=ballot.args,
            reason=ballot.reason,
            content=ballot.content,
            digest=shown,
        )
        return Decided(
            session_id=item["session_id"],
            turn_id=item["turn_id"],
            final=reply["final"],
            seq=reply.get("seq", 0),
        )


@asynccontextmanager
async def open_local(
    configuration: Configuration, *, recover: bool = False
) -> AsyncGenerator[LocalDoor]:
    """Open the journal; plugins are loaded and the runtime starts when something has to run.

    With `recover` it then also takes up what a process that is gone left under way; a command that
    ends soon had better not.
    """
    agents = configuration.agents()
    async with AsyncExitStack() as stack:
        journal = await stack.enter_async_context(
            await open_journal(configuration.settings.journal_url)
        )
        runtime = RuntimeOnDemand(
            journal, lambda: running_here(configuration, agents, journal, recover=recover)
        )
        stack.push_async_callback(runtime.close)
        yield LocalDoor(
            Sessions(runtime, agents),
            ApprovalInbox(runtime),
            lambda: configuration.default_agent(agents).name,
        )


@asynccontextmanager
async def running_here(
    configuration: Configuration, agents: AgentFiles, journal: Journal, *, recover: bool
) -> AsyncGenerator[Runtime]:
    """The runtime in this process, with every plugin; `recover` as in `open_local`."""
    plugins = load_plugins(configuration)
    async with AsyncExitStack() as stack:
        assembly = await assemble(agents, plugins)
        stack.push_async_callback(assembly.close)
        runtime = LocalRuntime(
            journal,
            assembly.kinds,
            crash=from_environment(os.environ),
            observers=[assembly.events],
            drain_seconds=DRAIN_SECONDS,
        )
        stack.push_async_callback(runtime.close)
        await runtime.start(recover=recover)
        yield runtime
