"""`liteagent chat-sim`: a chat platform at the terminal, to try the real adapter without one."""

from liteagent.cli.chat_sim.command import chat_sim

__all__ = ["chat_sim"]
