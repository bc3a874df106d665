"""The commands `keys …`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

import typer

from liteagent.approvals import Duration
from liteagent.cli import options
from liteagent.cli.failures import UsageError
from liteagent.cli.output import err, out
from liteagent.cli.words import time_text
from liteagent.clock import SystemClock
from liteagent.config import load_settings
from liteagent.errors import ConfigurationError
from liteagent.journal import open_journal
from liteagent.security import ApiKeyInfo, ApiKeys

app = typer.Typer(
    no_args_is_help=True,
    help="API keys: kept, as hashes, in the journal of LITEAGENT_JOURNAL_URL.",
)


@app.command()
def create(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Whose key it is, for people.")
    ] = "unnamed",
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What it allows: chat, approve, impersonate, admin. Repeat it for more."),
    ] = None,
    tenant: Annotated[str, typer.Option(help="Whose sessions it sees.")] = "",
    acts_as: Annotated[
        str, typer.Option("--as", metavar="ID", help="Who acts with it, as approvers are named.")
    ] = "",
    expires: Annotated[
        str, typer.Option(metavar="TIME", help="How long it is good for, such as 30d or 12h.")
    ] = "",
    json: options.AsJson = False,
) -> None:
    """Make a key and print it: this once, for it is stored as a hash."""
    expires_in = _seconds(expires) if expires else None
    text, info = asyncio.run(_create(name, scope or ["chat"], tenant, acts_as, expires_in))
    if json:
        out().json({**info.to_json(), "key": text})
        return
    err().line(f"Key {info.id} of {name} for {_scopes(info)}; it is not shown again:", "dim")
    out().line(text)


@app.command("list")
def list_(json: options.AsJson = False) -> None:
    """Every key there is or was."""
    found = asyncio.run(_list())
    if json:
        out().json([info.to_json() for info in found])
        return
    rows = [
        (info.id, info.name, _scopes(info), info.tenant, time_text(info.created_at), _state(info))
        for info in found
    ]
    out().table(("key", "name", "scopes", "tenant", "made", "state"), rows)


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its id, as `keys list` shows it.")],
) -> None:
    """Let nobody in with this key again."""
    asyncio.run(_revoke(key))
    out().line(f"Key {key} is revoked.")


async def _create(
    name: str, scopes: list[str], tenant: str, acts_as: str, expires_in: float | None
) -> tuple[str, ApiKeyInfo]:
    clock = SystemClock()
    until = None if expires_in is None else clock.now() + expires_in
    async with _keys() as keys:
        return await keys.create(
            name, scopes, principal_id=acts_as, tenant=tenant, expires_at=until
        )


async def _list() -> list[ApiKeyInfo]:
    async with _keys() as keys:
        return await keys.list()


async def _revoke(key: str) -> None:
    async with _keys() as keys:
        await keys.revoke(key)


@asynccontextmanager
async def _keys() -> AsyncGenerator[ApiKeys]:
    settings = load_settings()
    url = settings.journal_url
    if settings.server:
        err().line(f"Keys are kept in the journal here; {settings.server} is not asked.", "yellow")
    if url == "memory://":
        raise ConfigurationError(
            "LITEAGENT_JOURNAL_URL is memory://, which keeps no keys: name a lasting journal."
        )
    async with await open_journal(url) as journal:
        yield ApiKeys(journal, SystemClock())


def _seconds(text: str) -> float:
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter[float](Duration).validate_python(text)
    except ValidationError as error:
        raise UsageError(f"--expires takes a time such as 30d or 12h, not {text!r}.") from error


def _scopes(info: ApiKeyInfo) -> str:
    return ", ".join(sorted(info.scopes))


def _state(info: ApiKeyInfo) -> str:
    if info.revoked_at is not None:
        return f"revoked {time_text(info.revoked_at)}"
    if not info.usable(SystemClock().now()):
        return f"expired {time_text(info.expires_at)}"
    return f"until {time_text(info.expires_at)}" if info.expires_at else "good"
