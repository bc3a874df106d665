"""The command `chat`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from liteagent.cli import options
from liteagent.cli.chat.bridge import Bridge
from liteagent.cli.chat.conversation import Conversation
from liteagent.cli.chat.messages import Messages
from liteagent.cli.chat.renderer import Renderer
from liteagent.cli.chat.session_feed import SessionFeed
from liteagent.cli.chat.talk import Talk, find_talk
from liteagent.cli.chat.terminal import Terminal
from liteagent.cli.doors import Door, open_door
from liteagent.cli.failures import UsageError
from liteagent.cli.output import err, out
from liteagent.config import Settings, load_settings

HISTORY = "chat_history"


def chat(
    agent: Annotated[
        str | None, typer.Option("--agent", "-a", help="Whom to talk to.", show_default=False)
    ] = None,
    session: Annotated[
        str | None,
        typer.Option("--session", "-s", help="A session to go on with; made if it is not there."),
    ] = None,
    message: Annotated[
        str | None,
        typer.Option("--message", "-m", help="Send this, print the answer, and leave."),
    ] = None,
    server: options.Server = None,
    config: options.Config = None,
) -> None:
    """Talk to an agent: here and now, or with --server in a running LiteAgent.

    Without -m and with a pipe as input, every line is a message. Exits with 3 when something
    waits for a person's decision.
    """
    if message is not None and not message.strip():
        raise UsageError("The message is empty; send some text.")
    settings, at_terminal = load_settings(), message is None and sys.stdin.isatty()
    opening = open_door(server, config, settings=settings, recover=at_terminal)
    with Bridge() as bridge, bridge.entered(opening) as door:
        talk = bridge.run(find_talk(door, agent, session))
        if at_terminal:
            _converse(bridge, door, talk, settings)
            return
        texts = sys.stdin if message is None else (message,)
        code = _send(bridge, door, talk, texts)
    raise typer.Exit(code)


def _converse(bridge: Bridge, door: Door, talk: Talk, settings: Settings) -> None:
    printer = out()
    terminal = Terminal(printer, settings.home / HISTORY)
    renderer = Renderer(printer, printer, speaker=talk.agent)
    try:
        with SessionFeed(bridge, door, talk, renderer) as feed:
            Conversation(feed, talk, terminal, printer).run()
    finally:
        terminal.close()


def _send(bridge: Bridge, door: Door, talk: Talk, texts: Iterable[str]) -> int:
    answers, notes = out(), err()
    renderer = Renderer(answers, notes, streams=answers.is_terminal)
    with SessionFeed(bridge, door, talk, renderer) as feed:
        return Messages(feed, notes).send_all(texts)
