"""Slack: agents in threads and direct messages, approvals by button; over slack-bolt.

Reads `SLACK_BOT_TOKEN` and `SLACK_APP_TOKEN` (Socket Mode) or `SLACK_SIGNING_SECRET` (HTTP, through
the gateway), and `LITEAGENT_SLACK_API_URL` where the Web API is somewhere else. With
`SLACK_CLIENT_ID`, `SLACK_CLIENT_SECRET` and `LITEAGENT_ENCRYPTION_KEY`, workspaces install the app
themselves, over the gateway, and all are served by the one process.
"""

from collections.abc import Callable
from typing import Any

import liteagent
from liteagent_slack.adapter import SlackAdapter

__all__ = ["SlackAdapter"]


@liteagent.hookimpl
def register_adapters(register: Callable[[Any], None]) -> None:
    """Offer the platform `slack`."""
    register(SlackAdapter())
