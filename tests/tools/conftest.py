"""What most tests of tools need."""

from __future__ import annotations

import pytest

from liteagent.principal import LOCAL
from liteagent.testing import FakeClock
from liteagent.tools import ToolContext


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ctx() -> ToolContext:
    return ToolContext(session_id="ses_1", turn_id="turn_1", call_id="call_1", principal=LOCAL)
