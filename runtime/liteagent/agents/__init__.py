"""Agents: conversations as journaled state machines, and how everybody talks to them."""

from liteagent.agents.assembly import Assembly, assemble
from liteagent.agents.env import AgentDirectory, Agents, Environment
from liteagent.agents.inbox import ApprovalInbox
from liteagent.agents.session import SESSION, SessionKind
from liteagent.agents.sessions import NewSession, Page, Receipt, Sessions, ends_turn
from liteagent.agents.spec import AgentSpec, Limits, MemorySpec, Placement

__all__ = [
    "SESSION",
    "AgentDirectory",
    "AgentSpec",
    "Agents",
    "ApprovalInbox",
    "Assembly",
    "Environment",
    "Limits",
    "MemorySpec",
    "NewSession",
    "Page",
    "Placement",
    "Receipt",
    "SessionKind",
    "Sessions",
    "assemble",
    "ends_turn",
]
