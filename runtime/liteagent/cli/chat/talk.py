"""Which session to talk in, and with whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liteagent.cli.doors import Door, Item
from liteagent.cli.failures import UsageError
from liteagent.errors import LiteAgentException
from liteagent.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A session that is there, with all that happened in it, or one that is still to be made."""

    agent: str
    models: Sequence[str]
    session_id: str | None
    """None: a new one gets an id of its own."""
    is_new: bool
    history: Sequence[Event] = ()

    @property
    def is_demo(self) -> bool:
        """Whether the agent asks the scripted model first."""
        return self.models[0].startswith("demo/")


async def find_talk(door: Door, agent: str | None, session_id: str | None) -> Talk:
    """The session to talk in. Raises `UsageError` where it belongs to another agent."""
    found = None if session_id is None else await _session(door, session_id)
    if found is None:
        spec = await door.agent(agent or await door.default_agent())
    else:
        spec = await door.agent(found["agent"])
        if agent not in (None, spec["name"]):
            raise UsageError(
                f"Session {session_id} is with the agent {spec['name']}, not {agent}:"
                " leave out --agent, or --session for a new one."
            )
    history = [event async for event in door.events(session_id)] if found and session_id else []
    return Talk(
        agent=spec["name"],
        models=spec["model"],
        session_id=session_id,
        is_new=found is None,
        history=history,
    )


async def _session(door: Door, session_id: str) -> Item | None:
    try:
        return await door.session(session_id)
    except LiteAgentException as error:
        if error.status_code == 404:
            return None
        raise
