"""`liteagent chat`: talk to an agent."""

from liteagent.cli.chat.command import chat

__all__ = ["chat"]
