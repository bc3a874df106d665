"""Discord's REST API over discord.py's HTTP client, which keeps its rate limits."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import aiohttp
import discord
from discord.http import Route

from liteagent.chat.platform import FileOut
from liteagent_discord.errors import (
    BROKEN,
    NO_ROUTES,
    DiscordError,
    TokenRefusedError,
    translated,
)

TIMEOUT = aiohttp.ClientTimeout(total=30.0)
RECONNECT_SECONDS = 1.0
Shape = TypeVar("Shape", list[Any], dict[str, Any])
log = logging.getLogger(__name__)


class Rest:
    """Calls of whichever client is logged in."""

    def __init__(self) -> None:
        self._client: discord.Client | None = None
        self.trouble = ""
        """Why Discord takes the token no more; empty while it does."""
        self._no_routes: set[str] = set()

    def use(self, client: discord.Client) -> None:
        """From now on this client, which is logged in."""
        self._client = client

    def parent_of(self, channel: str) -> str | None:
        """The channel in which a thread stands, empty for what is no thread; None where the client
        knows no such channel.
        """
        found = None if self._client is None else self._client.get_channel(int(channel))
        if found is None:
            return None
        return str(found.parent_id) if isinstance(found, discord.Thread) else ""

    def guilds(self) -> list[str]:
        """Those that the gateway told of."""
        return [] if self._client is None else [str(each.id) for each in self._client.guilds]

    def role_names(self, guild: str) -> dict[str, str]:
        """By id, as the gateway told."""
        found = self._guild(guild)
        return {} if found is None else {str(role.id): role.name for role in found.roles}

    def places(self, guild: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Channels and threads as the gateway told of them, which is not what was said there."""
        found = self._guild(guild)
        if found is None:
            return [], []
        channels = [{"id": str(each.id), "type": each.type.value} for each in found.channels]
        threads = [
            {"id": str(each.id), "type": each.type.value, "parent_id": str(each.parent_id)}
            for each in found.threads
        ]
        return channels, threads

    def _guild(self, guild: str) -> discord.Guild | None:
        return None if self._client is None else self._client.get_guild(int(guild))

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | Sequence[Any] | None = None,
        query: Mapping[str, Any] | None = None,
        file: FileOut | None = None,
        **ids: str,
    ) -> Any:
        """What Discord answers. The path names its `ids` in braces. Raises `DiscordError`."""
        how: dict[str, Any] = {"timeout": TIMEOUT}
        if query is not None:
            how["params"] = query
        if file is not None:
            how |= _multipart(body, file)
        elif body is not None:
            how["json"] = body
        return await self._send(Route(method, path, **ids), how)

    async def look(self, path: str, shape: type[Shape], **ids: str) -> Shape | None:
        """What Discord shows there; None where whatever answers in its place has no such route, or
        shows something else. Raises `DiscordError`.
        """
        try:
            found = await self._send(Route("GET", path, **ids), {"timeout": TIMEOUT})
        except DiscordError as error:
            if error.code not in NO_ROUTES:
                raise
            found = None
        if isinstance(found, shape):
            return found
        if path not in self._no_routes:
            self._no_routes.add(path)
            log.warning("Discord does not answer GET %s: only what its gateway tells counts.", path)
        return None

    async def fetch(self, url: str) -> bytes:
        """The content of an attachment. Raises `DiscordError`."""
        try:
            return await self._logged_in().http.get_from_cdn(url)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise translated("a file", error) from error

    async def _send(self, route: Route, how: Mapping[str, Any]) -> Any:
        client, what = self._logged_in(), f"{route.method} {route.path}"
        try:
            answer = await client.http.request(route, **how)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            refused = translated(what, error, await _asked_to_wait(error))
            self.trouble = str(refused) if isinstance(refused, TokenRefusedError) else self.trouble
            raise refused from error
        except RuntimeError as error:
            if not client.is_closed():
                raise
            raise _reopening(may_have_arrived=True) from error
        self.trouble = ""
        return answer

    def _logged_in(self) -> discord.Client:
        if self._client is None or self._client.is_closed():
            raise _reopening(may_have_arrived=False)
        return self._client


async def _asked_to_wait(error: Exception) -> float | None:
    """Seconds, as the body of a 429 has them; None where it has none. discord.py waits for those
    that came through Discord's own proxy only.
    """
    if not isinstance(error, discord.HTTPException) or error.status != 429:
        return None
    response = error.response
    try:
        told = await response.json(content_type=None)  # it has been read
        return float(told["retry_after"])
    except (ValueError, TypeError, LookupError):
        return None


def _reopening(*, may_have_arrived: bool) -> DiscordError:
    return DiscordError(
        "The connection to Discord is being opened again.",
        BROKEN,
        retry_after=RECONNECT_SECONDS,
        may_have_arrived=may_have_arrived,
    )


def _multipart(body: Any, file: FileOut) -> dict[str, Any]:
    sent = discord.File(io.BytesIO(file.content), filename=file.name)
    form = [
        {"name": "payload_json", "value": json.dumps(body)},
        {
            "name": "files[0]",
            "value": sent.fp,
            "filename": file.name,
            "content_type": "application/octet-stream",
        },
    ]
    return {"files": [sent], "form": form}
