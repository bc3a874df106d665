"""Whether a socket of Socket Mode opens, and greets whoever opened it."""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from liteagent_slack.errors import SlackError
from liteagent_slack.web import SlackWeb

SECONDS = 5.0
REASONS = {
    "link_disabled": "Socket Mode is switched off: switch it on under Socket Mode, in the app's"
    " settings",
    "too_many_websockets": "ten sockets are open already, and Slack allows an app no more: end what"
    " else serves it",
}
"""Why Slack sends a socket away without a greeting, and what to do about it."""


async def expect_greeting(web: SlackWeb) -> None:
    """Open a socket, and leave it as soon as Slack says hello. Raises `SlackError`."""
    url = await web.open_connection()
    try:
        async with web.session.ws_connect(url, proxy=web.client.proxy) as socket:
            first = await socket.receive(timeout=SECONDS)
    except (aiohttp.ClientError, TimeoutError) as error:
        # its own text would tell the address, whose ticket is a secret
        status = getattr(error, "status", None) or type(error).__name__
        raise _nothing_opens(str(status)) from error
    said = _message(first)
    if said.get("type") != "hello":
        why = REASONS.get(str(said.get("reason")))
        raise _nothing_opens(first.type.name) if why is None else SlackError(f"{why}.", "closed")


def _message(first: aiohttp.WSMessage) -> dict[str, Any]:
    try:
        said = json.loads(first.data) if first.type is aiohttp.WSMsgType.TEXT else {}
    except ValueError:
        said = {}
    return said if isinstance(said, dict) else {}


def _nothing_opens(why: str) -> SlackError:
    return SlackError(
        f"Slack gives the address of a socket, and none opens there ({why}): let wss:// out of this"
        " machine, through whatever proxy or firewall there is, and ask again.",
        "no_socket",
    )
