"""The commands `sessions …`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from liteagent.cli import options
from liteagent.cli.doors import open_door
from liteagent.cli.output import as_json, out
from liteagent.cli.words import time_text

app = typer.Typer(no_args_is_help=True, help="Conversations, and the journal behind them.")

LOOK_AGAIN_SECONDS = 0.5
MAX_SEQ = 2**53 - 1
"""The greatest number that every journal keeps as it is."""


class Status(StrEnum):
    """What a session does."""

    IDLE = "idle"
    """Nothing."""
    RUNNING = "running"
    """Something, or something is due."""
    WAITING = "waiting"
    """It waits for people alone."""


SessionId = Annotated[str, typer.Argument(metavar="SESSION", help="Its id.")]


@app.command("list")
def list_(
    agent: Annotated[str | None, typer.Option(help="Only this agent's.")] = None,
    status: Annotated[
        Status | None, typer.Option(help="Only those that are so.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=MAX_SEQ, help="At most so many.")] = 50,
    json: options.AsJson = False,
    server: options.Server = None,
    config: options.Config = None,
) -> None:
    """Sessions, last used first."""
    asyncio.run(_list(agent, status, limit, json, server, config))


@app.command()
def show(
    session: SessionId,
    json: options.AsJson = False,
    server: options.Server = None,
    config: options.Config = None,
) -> None:
    """One session and what was said in it."""
    asyncio.run(_show(session, json, server, config))


@app.command()
def events(
    session: SessionId,
    after: Annotated[
        int, typer.Option(min=0, max=MAX_SEQ, help="Only events with a greater seq.")
    ] = 0,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")
    ] = False,
    # whoever asks every listing for JSON may ask this one too
    json: Annotated[bool, typer.Option("--json", help="As it is without.", hidden=True)] = False,
    server: options.Server = None,
    config: options.Config = None,
) -> None:
    """The journal of a session, an event a line, as JSON."""
    asyncio.run(_events(session, after, follow, server, config))


@app.command()
def cancel(
    session: SessionId, server: options.Server = None, config: options.Config = None
) -> None:
    """End the open turns of a session; what finished is kept."""
    asyncio.run(_cancel(session, server, config))


@app.command()
def fork(
    session: SessionId,
    at: Annotated[int, typer.Option(min=1, help="The seq of the last event to take over.")],
    json: options.AsJson = False,
    server: options.Server = None,
    config: options.Config = None,
) -> None:
    """A new session that begins as this one was after an event; in it, effects are off."""
    asyncio.run(_fork(session, at, json, server, config))


async def _list(
    agent: str | None,
    status: str | None,
    limit: int,
    as_json: bool,
    server: str | None,
    config: Path | None,
) -> None:
    async with open_door(server, config) as door:
        items = await door.sessions(agent=agent, status=status, limit=limit)
    if as_json:
        out().json([dict(item) for item in items])
    elif items:
        rows = [_row(item) for item in items]
        out().table(("session", "agent", "status", "events", "waiting", "last used"), rows)
    else:
        out().line("No sessions yet; `liteagent chat` begins one.")


def _row(item: Mapping[str, Any]) -> tuple[str, ...]:
    waiting = item.get("pending_approvals") or ""
    return (
        item["id"],
        item["agent"],
        item["status"],
        str(item["seq"]),
        str(waiting),
        time_text(item["updated_at"]),
    )


async def _show(session: str, as_json: bool, server: str | None, config: Path | None) -> None:
    async with open_door(server, config) as door:
        item = dict(await door.session(session))
        messages = [dict(message) for message in await door.messages(session)]
    printer = out()
    if as_json:
        printer.json({**item, "messages": messages})
        return
    printer.line(f"{item['id']} with {item['agent']}: {item['status']}", "bold")
    printer.line(f"{item['seq']} events, last used {time_text(item['updated_at'])}", "dim")
    for message in messages:
        asked = message.get("principal", {})
        name = asked.get("name") or asked.get("id") or "you"
        who = name if message["role"] == "user" else item["agent"]
        printer.write(f"{who} › ", "bold")
        printer.line(message["text"])


async def _events(
    session: str, after: int, follow: bool, server: str | None, config: Path | None
) -> None:
    printer = out()
    async with open_door(server, config) as door:
        while True:
            async for event in door.events(session, after=after):
                printer.line(as_json(event.to_json()))
                after = event.seq
            if not follow:
                return
            # to be told of each would make this process the session's owner
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def _cancel(session: str, server: str | None, config: Path | None) -> None:
    async with open_door(server, config) as door:
        ended = await door.cancel(session)
    count = f"{len(ended)} turn{'' if len(ended) == 1 else 's'} ended."
    out().line(count if ended else "No turn was open.")


async def _fork(
    session: str, at: int, as_json: bool, server: str | None, config: Path | None
) -> None:
    async with open_door(server, config) as door:
        made = await door.fork(session, at)
    if as_json:
        out().json({"session_id": made})
    else:
        out().line(made)
