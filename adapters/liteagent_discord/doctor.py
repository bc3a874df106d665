"""Whether the token is good, and the application may do what is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import discord

from liteagent.chat.adapter import AdapterFinding
from liteagent.kernel import SendError
from liteagent_discord.account import Account, account_of, intents_of, openness_of
from liteagent_discord.errors import TokenRefusedError, translated
from liteagent_discord.events import inside
from liteagent_discord.listener import quiet_library
from liteagent_discord.rest import Rest
from liteagent_discord.settings import DiscordSettings, addressed, complaint_about

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    embed_links=True,
    attach_files=True,
    add_reactions=True,
    read_message_history=True,
)


async def examine(environ: Mapping[str, str]) -> AsyncIterator[AdapterFinding]:
    """Ask Discord about everything that the adapter relies on."""
    complaint = complaint_about(environ)
    if complaint:
        yield _wrong(complaint)
        return
    settings = DiscordSettings.read(environ)
    quiet_library()
    with addressed(settings):
        client = discord.Client(intents=discord.Intents.none())
        try:
            await client.login(settings.token)
        except discord.LoginFailure:
            yield _wrong(str(TokenRefusedError()))
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            yield _wrong(str(translated("login", error)))
        else:
            for finding in await _findings(client):
                yield finding
        finally:
            await client.close()


def invitation(account: Account) -> str:
    """The address by which the application is added to a guild, with what it needs there."""
    return (
        f"https://discord.com/oauth2/authorize?client_id={account.application}"
        f"&scope=bot+applications.commands&permissions={PERMISSIONS.value}"
    )


async def _findings(client: discord.Client) -> list[AdapterFinding]:
    account, rest = account_of(client), Rest()
    rest.use(client)
    findings = [_ok(f"{account.name}, application {account.application}")]
    missing = intents_of(client)
    may_read = "It may read what people write (Message Content Intent)."
    findings.append(_wrong(missing) if missing else _ok(may_read))
    if warning := openness_of(client):
        findings.append(AdapterFinding(level="note", text=warning))
    try:
        guilds = await rest.look("/users/@me/guilds", list)
        gateway = await rest.look("/gateway/bot", dict)
    except SendError as error:
        return [*findings, _wrong(str(error))]
    if guilds is not None:
        findings.append(_guilds(guilds, account))
    if gateway is not None:
        findings.append(_gateway(gateway))
    return findings


def _guilds(guilds: list[Mapping[str, str]], account: Account) -> AdapterFinding:
    if not guilds:
        return _wrong(f"It is in no server yet: add it by {invitation(account)}")
    names = ", ".join(each["name"] for each in guilds[:5])
    more = f" and {len(guilds) - 5} more" if len(guilds) > 5 else ""
    by_id = (
        " Rules have to name roles by their ids, because it is in several." if guilds[1:] else ""
    )
    return _ok(f"It is in {names}{more}.{by_id} To add it to another: {invitation(account)}")


def _gateway(gateway: Mapping[str, Any]) -> AdapterFinding:
    if inside(gateway, "session_start_limit").get("remaining") == 0:
        return _wrong("Discord lets it begin no more sessions today: it was restarted too often.")
    return _ok(f"The gateway wants {gateway.get('shards')} connection(s).")


def _ok(text: str) -> AdapterFinding:
    return AdapterFinding(level="ok", text=text)


def _wrong(text: str) -> AdapterFinding:
    return AdapterFinding(level="wrong", text=text)
