"""A whole runtime for a test: one `async with`, no time, no chance, no outside.

async with AgentRig({"go": calls(call("restart", name="web"))}, [restart]) as rig:
    session = await rig.session()
    await rig.say(session, "go")
    assert rig.sink.calls("restart") == []
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar

from liteagent.agents.env import Environment
from liteagent.agents.inbox import ApprovalInbox
from liteagent.agents.session import SESSION, SessionKind
from liteagent.agents.sessions import Receipt, Sessions
from liteagent.agents.spec import AgentSpec
from liteagent.errors import JournalUnavailableError
from liteagent.events import Event
from liteagent.ids import entity_id
from liteagent.journal import Journal, MemoryJournal
from liteagent.kernel import LocalRuntime
from liteagent.kernel.surroundings import Observer
from liteagent.models import ModelHealth, ModelRegistry
from liteagent.plugins import PluginHost, Provenance, Selection
from liteagent.principal import Principal
from liteagent.testing.clock import FakeClock
from liteagent.testing.ids import CountingIds
from liteagent.testing.model import ScriptedModel
from liteagent.testing.people import person
from liteagent.testing.rig_parts import AGENT, RigAgents, RigCrash, RigOwnership
from liteagent.testing.script import Reply
from liteagent.testing.sink import Sink
from liteagent.testing.wire import Wire
from liteagent.tools import LocalToolRunner, Tool, ToolFunction, ToolRegistry

T = TypeVar("T")

ANN, BOB = person("ann"), person("bob")
"""Who talks, and who decides, unless a test says otherwise."""
QUIET_PASSES = 25
"""Passes of the event loop without any use of the journal after which nothing moves any more."""


class HostDiedError(Exception):
    """The process that was asked died before it answered."""


class AgentRig:
    """An agent over a journal in memory, a scripted model, a clock that is advanced, counted ids.

    Fields of `AgentSpec` are passed by name (`overlap="steer"`, `approval={…}`, `limits=…`); the
    model is `scripted/model` and the tools are those given, unless they say otherwise. `crash`
    drops the runtime as SIGKILL would, `restart` puts another one on the same journal, `peer` a
    second one beside it.
    """

    def __init__(
        self,
        model: ScriptedModel | Mapping[str, Reply] | None = None,
        tools: Sequence[Tool | ToolFunction[..., Any]] = (),
        /,
        *,
        sink: Sink | None = None,
        journal: Journal | None = None,
        plugins: Sequence[object] = (),
        agents: Sequence[AgentSpec] | None = None,
        observers: Sequence[Observer] = (),
        passivate_after: float = 300.0,
        drain_seconds: float = 0.0,
        **agent: Any,
    ) -> None:
        self.model = model if isinstance(model, ScriptedModel) else ScriptedModel(model)
        self.sink = sink or Sink()
        self.journal: Journal = journal or MemoryJournal()
        self.clock, self.ids = FakeClock(), CountingIds()
        self.agents = RigAgents(agents or [])
        self.owner = "host-1"
        self.alive_owners: set[str] = set()
        """Shared with its peers: what one of them works on is not taken from it."""
        self.tools = tuple(tools)
        """What the next `start` registers; a test may put others here."""
        self._observers = observers
        self._passivate_after, self._drain_seconds = passivate_after, drain_seconds
        self._crash = RigCrash(self.die)
        self._plugin_host = PluginHost.build(
            Selection(allow=frozenset()), path=(), clock=self.clock
        )
        for number, plugin in enumerate(plugins):
            self._plugin_host.add(plugin, _provenance(number))
        if agents is None:
            names = tuple(tool.name if isinstance(tool, Tool) else tool.tool.name for tool in tools)
            fields = {"name": AGENT, "model": "scripted/model", "tools": names} | agent
            self.agents.put(AgentSpec.model_validate(fields))

    # -- coming and going

    async def start(self) -> None:
        """Put a runtime on the journal; it takes up whatever is there."""
        self.wire, self._crash.is_dead = Wire(self.journal), False
        self.alive_owners.add(self.owner)
        self.kind = SessionKind(await self._environment(), self._runner(), self.clock)
        self.runtime = LocalRuntime(
            self.wire,
            [self.kind],
            clock=self.clock,
            ownership=RigOwnership(self.owner, self.alive_owners),
            crash=self._crash,
            observers=self._observers,
            passivate_after=self._passivate_after,
            drain_seconds=self._drain_seconds,
        )
        self.sessions = Sessions(self.runtime, self.agents, self.ids)
        self.inbox = ApprovalInbox(self.runtime)
        await self.alive(self.runtime.start())

    async def _environment(self) -> Environment:
        plugins = self._plugin_host
        tools, models = ToolRegistry(), ModelRegistry()
        for tool in self.tools:
            tools.register(tool)
        for tool, origin in await plugins.collect("register_tools"):
            tools.register(tool, origin)
        models.register(self.model)
        return Environment(
            agents=self.agents,
            tools=tools,
            models=models,
            health=ModelHealth(self.clock),
            ids=self.ids,
            lifecycle=plugins.lifecycle,
        )

    def _runner(self) -> LocalToolRunner:
        return LocalToolRunner(clock=self.clock, environ={})

    def crash_at(self, point: str, nth: int = 1) -> None:
        """Let the process die when it reaches `point` for the `nth` time (see `CrashPoints`)."""
        self._crash.arm(point, nth)

    def crash_nowhere(self) -> None:
        """Forget the points that were not reached."""
        self._crash.disarm()

    def die(self) -> None:
        """From now on nothing of this process reaches the journal."""
        self.wire.cut()
        self._crash.is_dead = True
        self._crash.deaths += 1

    @property
    def is_dead(self) -> bool:
        """Whether the process has died."""
        return self._crash.is_dead

    async def crash(self) -> None:
        """Die, without draining: nothing more is written, and no tool does anything more."""
        self.die()
        await self.stop()

    async def restart(self, *, settle: bool = True) -> None:
        """Crash unless that has happened, then start again as another owner, with cold caches."""
        await self.crash()
        name, _, number = self.owner.rpartition("-")
        self.owner = f"{name}-{int(number) + 1}"
        with suppress(HostDiedError):
            await self.start()
        if settle:
            await self.settle()

    async def stop(self) -> None:
        """Drain and stop, as a deployment does."""
        await self.runtime.close()
        self.alive_owners.discard(self.owner)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def peer(self, owner: str = "rival-1") -> AgentRig:
        """A second host on the same journal, with the same agents, model, clock and world."""
        rig = AgentRig(self.model, self.tools, sink=self.sink, journal=self.journal)
        rig.agents, rig.clock, rig.ids = self.agents, self.clock, self.ids
        rig.owner, rig.alive_owners = owner, self.alive_owners
        return rig

    # -- talking

    async def session(self, agent: str = AGENT, *, by: Principal = ANN) -> str:
        """A new session."""
        return await self.alive(self.sessions.create(agent, principal=by))

    async def say(
        self, session: str, text: str, *, by: Principal = ANN, key: str | None = None
    ) -> Receipt:
        """Send a message, and return when nothing moves any more."""
        return await self._settled(self.sessions.send(session, text, principal=by, key=key))

    async def decide(
        self, approval_id: str, decision: str = "approve", *, by: Principal = BOB, **more: Any
    ) -> Mapping[str, Any]:
        """Decide (`args`, `reason`, `content`, `digest`), and return when nothing moves."""
        return await self._settled(self.inbox.decide(approval_id, decision, principal=by, **more))

    async def cancel(
        self, session: str, *, by: Principal = ANN, turn_id: str | None = None
    ) -> Sequence[str]:
        """Cancel, and return when nothing moves any more."""
        return await self._settled(self.sessions.cancel(session, principal=by, turn_id=turn_id))

    async def advance(self, seconds: float) -> None:
        """Let time pass, and return when nothing moves any more."""
        await self.clock.advance(seconds)
        await self.settle()

    async def settle(self) -> None:
        """Return when nothing moves any more: all wait for time, people, held tools or gates."""
        seen, quiet = self.wire.operations, 0
        while quiet < QUIET_PASSES:
            await asyncio.sleep(0)
            quiet = quiet + 1 if seen == self.wire.operations else 0
            seen = self.wire.operations

    async def _settled(self, work: Awaitable[T]) -> T:
        try:
            return await self.alive(work)
        finally:
            await self.settle()

    async def alive(self, work: Awaitable[T]) -> T:
        """What `work` returns; raises `HostDiedError` where the process died meanwhile."""
        deaths = self._crash.deaths
        try:
            return await work
        except (asyncio.CancelledError, JournalUnavailableError):
            if self._crash.deaths != deaths or self.is_dead:
                raise HostDiedError from None
            raise

    # -- looking

    async def log(self, session: str) -> Sequence[Event]:
        """The journal of a session, from the store itself."""
        return await self.journal.read(entity_id(SESSION, session), limit=100_000)

    async def types(self, session: str, after: int = 0) -> list[str]:
        """The types of its events."""
        return [event.type for event in await self.log(session) if event.seq > after]

    async def of_type(self, session: str, type: str) -> list[Mapping[str, Any]]:
        """The data of its events of one type."""
        return [event.data for event in await self.log(session) if event.type == type]

    async def pending(self) -> list[str]:
        """The ids of the open approvals, oldest first."""
        return [item["id"] for item in await self.inbox.pending()]

    async def status(self, session: str) -> str:
        """`idle`, `running` or `waiting`."""
        row = await self.journal.head(entity_id(SESSION, session))
        return "" if row is None else row.head.status


def _provenance(number: int) -> Provenance:
    return Provenance(plugin=f"plugin{number}", distribution="test", version="0")
