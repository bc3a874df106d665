"""The commands `inbox …`: what came in from chat platforms and could not be handled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from liteagent.chat.adapter import collect_adapters
from liteagent.chat.inbox import ChatInbox, ChatProblem
from liteagent.cli import options
from liteagent.cli.failures import UsageError
from liteagent.cli.loading import load_configuration, load_plugins
from liteagent.cli.output import err, out
from liteagent.cli.words import age_text, shortened
from liteagent.clock import SystemClock
from liteagent.errors import ConfigurationError, NotFoundError
from liteagent.events import Json
from liteagent.journal import open_journal

app = typer.Typer(
    no_args_is_help=True,
    help="What came in from chat platforms and was given up: try it again, or let it be.",
)

ItemId = Annotated[
    str | None,
    typer.Argument(metavar="ID", help="As `inbox list` shows it.", show_default=False),
]
Every = Annotated[bool, typer.Option("--all", help="All that `inbox list` shows.")]


class ItemNotFoundError(NotFoundError):
    """Nothing of this identity was given up."""

    error_code = "INBOX_ITEM_NOT_FOUND"
    what = "item that was given up"


@dataclass(frozen=True, slots=True, kw_only=True)
class _GivenUp:
    """An item, and where it came in."""

    platform: str
    inbox: ChatInbox
    problem: ChatProblem

    def to_json(self) -> Mapping[str, Json]:
        problem = self.problem
        return {
            "id": problem.id,
            "platform": self.platform,
            "error": problem.error,
            "ts": problem.ts,
            "item": dict(problem.item),
        }


@app.command("list")
def list_(json: options.AsJson = False, config: options.Config = None) -> None:
    """Each item, why it was given up, and how long ago."""
    asyncio.run(_list(json, config))


@app.command()
def retry(item: ItemId = None, every: Every = False, config: options.Config = None) -> None:
    """Have an item handled again, as if it had just come in."""

    async def again(given_up: _GivenUp) -> bool:
        return await given_up.inbox.retry(given_up.problem.id, SystemClock().now())

    asyncio.run(_each(item, again, every=every, config=config, done="is tried again"))


@app.command()
def dismiss(item: ItemId = None, every: Every = False, config: options.Config = None) -> None:
    """Take an item off the list; it is not handled any more."""

    async def off(given_up: _GivenUp) -> bool:
        return await given_up.inbox.dismiss(given_up.problem.id)

    asyncio.run(_each(item, off, every=every, config=config, done="is dismissed"))


async def _list(json: bool, config: Path | None) -> None:
    async with _inboxes(config) as inboxes:
        found = await _given_up(inboxes)
    if json:
        out().json([dict(each.to_json()) for each in found])
    elif found:
        out().table(("id", "platform", "from", "what", "given up", "why"), _rows(found))
    else:
        out().line("Nothing was given up.")


async def _each(
    id: str | None,
    do: Callable[[_GivenUp], Awaitable[bool]],
    *,
    every: bool,
    config: Path | None,
    done: str,
) -> None:
    """Do this with one item, or with all of them."""
    if every == (id is not None):
        raise UsageError("Name one item, as `inbox list` shows it, or say --all.")
    async with _inboxes(config) as inboxes:
        known = await _given_up(inboxes)
        chosen = [each for each in known if every or each.problem.id == id]
        if id is not None and not chosen:
            raise ItemNotFoundError(id, [each.problem.id for each in known])
        for each in chosen:
            if await do(each):
                out().line(f"{each.problem.id} {done}.")
    if every and not chosen:
        out().line("Nothing was given up.")


async def _given_up(inboxes: Mapping[str, ChatInbox]) -> list[_GivenUp]:
    """The oldest first."""
    found = [
        _GivenUp(platform=name, inbox=inbox, problem=problem)
        for name, inbox in inboxes.items()
        async for problem in inbox.problems()
    ]
    return sorted(found, key=lambda each: each.problem.ts)


@asynccontextmanager
async def _inboxes(config: Path | None) -> AsyncGenerator[Mapping[str, ChatInbox]]:
    """Those of the platforms that the plugins bring, by name."""
    configuration = load_configuration(config)
    settings = configuration.settings
    if settings.server:
        err().line(f"Only the journal here is looked at; {settings.server} is not asked.", "yellow")
    if settings.journal_url == "memory://":
        raise ConfigurationError(
            "LITEAGENT_JOURNAL_URL is memory://, which keeps nothing: name a lasting journal."
        )
    names = await collect_adapters(load_plugins(configuration))
    async with await open_journal(settings.journal_url) as journal:
        yield {name: ChatInbox(journal, name) for name in names}


def _rows(found: Sequence[_GivenUp]) -> list[tuple[str, ...]]:
    now = SystemClock().now()
    return [
        (
            each.problem.id,
            each.platform,
            each.problem.item.get("person", {}).get("id", ""),
            shortened(_what(each.problem.item), 80),
            f"{age_text(now - each.problem.ts)} ago",
            each.problem.error,
        )
        for each in found
    ]


def _what(item: Mapping[str, Json]) -> str:
    """What somebody did: a message's text, or the kind of another item."""
    text = item.get("text", "")
    match item.get("kind", ""):
        case "said":
            return text
        case "commanded":
            return f"/agent {text}"
        case "clicked":
            return "pressed a button"
        case "submitted":
            return "filled in a form"
        case _:
            return "of another version"
