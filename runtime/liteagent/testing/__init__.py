"""What tests of LiteAgent and of its plugins are written with; nothing in production imports it.

The contract suites stand in modules of their own, because they need pytest.
"""

from liteagent.testing.answers import Answer, call, calls, fails, says
from liteagent.testing.clock import FakeClock
from liteagent.testing.ids import CountingIds
from liteagent.testing.model import ScriptedModel
from liteagent.testing.script import UnexpectedRequestError

__all__ = [
    "Answer",
    "CountingIds",
    "FakeClock",
    "ScriptedModel",
    "UnexpectedRequestError",
    "call",
    "calls",
    "fails",
    "says",
]
