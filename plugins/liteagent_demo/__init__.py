"""The demo model and its two tools: a script that answers without any key, and says so."""

from collections.abc import Callable
from typing import Any

import liteagent
from liteagent_demo.provider import DemoProvider
from liteagent_demo.tools import announce, current_time

__all__ = ["DemoProvider", "announce", "current_time"]


@liteagent.hookimpl
def register_models(register: Callable[[Any], None]) -> None:
    """Offer `demo/demo`."""
    register(DemoProvider())


@liteagent.hookimpl
def register_tools(register: Callable[[Any], None]) -> None:
    """Offer something harmless, and something that needs approval."""
    register(current_time)
    register(announce)
