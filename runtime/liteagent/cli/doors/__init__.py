"""Doors: how commands reach the sessions, in this process or in a running server."""

from liteagent.cli.doors.contract import AgentDoor, Ballot, Decided, Door, Item, Live, Receipt
from liteagent.cli.doors.opening import open_agents, open_door

__all__ = [
    "AgentDoor",
    "Ballot",
    "Decided",
    "Door",
    "Item",
    "Live",
    "Receipt",
    "open_agents",
    "open_door",
]
