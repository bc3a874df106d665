"""Discord's REST API over discord.py's HTTP client, which keeps its rate limits."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import aiohttp
import discord
from discord.http import Route

from liteagent.chat.platform import FileOut
from liteagent_discord.errors import BROKEN, DiscordError, TokenRefusedError, translated

CALL_SECONDS = 30.0
RECONNECT_SECONDS = 1.0


class Rest:
    """Calls of whichever client is logged in."""

    def __init__(self) -> None:
        self._client: discord.Client | None = None
        self.trouble = ""
        """Why Discord takes the token no more; empty while it does."""

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

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        file: FileOut | None = None,
        **ids: str,
    ) -> Any:
        """What Discord answers. The path names its `ids` in braces. Raises `DiscordError`."""
        how: dict[str, Any] = {"timeout": aiohttp.ClientTimeout(total=CALL_SECONDS)}
        if query is not None:
            how["params"] = query
        if file is not None:
            how |= _multipart(body or {}, file)
        elif body is not None:
            how["json"] = body
        return await self._send(Route(method, path, **ids), how)

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
            refused = translated(what, error)
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


def _reopening(*, may_have_arrived: bool) -> DiscordError:
    return DiscordError(
        "The connection to Discord is being opened again.",
        BROKEN,
        retry_after=RECONNECT_SECONDS,
        may_have_arrived=may_have_arrived,
    )


def _multipart(body: Mapping[str, Any], file: FileOut) -> dict[str, Any]:
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
