"""A chat platform in memory, for tests of whatever talks to one."""

from liteagent.testing.chat.fake import LIMITS, FakeChat
from liteagent.testing.chat.faults import Faults
from liteagent.testing.chat.message import Call, Message, Told
from liteagent.testing.chat.stream import FakeStream

__all__ = ["LIMITS", "Call", "FakeChat", "FakeStream", "Faults", "Message", "Told"]
