"""What people decide by the buttons and forms of cards."""

from liteagent.chat.decisions.decisions import Decisions
from liteagent.chat.decisions.request import KnowsPeople

__all__ = ["Decisions", "KnowsPeople"]
