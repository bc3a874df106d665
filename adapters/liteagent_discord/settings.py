"""The token and the addresses, from the environment."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from liteagent.errors import ConfigurationError

TOKEN = "DISCORD_TOKEN"  # noqa: S105 the variable, not what it holds
API_URL = "LITEAGENT_DISCORD_API_URL"
GATEWAY_URL = "LITEAGENT_DISCORD_GATEWAY_URL"
VARIABLES = (TOKEN, API_URL, GATEWAY_URL)
_WHERE = (
    "the application's token, which https://discord.com/developers/applications shows under Bot"
    " after Reset Token"
)
_PUBLIC_KEY = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9]{15,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordSettings:
    """How one application is reached."""

    token: str = field(repr=False)
    api_url: str = ""
    """The base of the REST API with its version; empty: Discord's."""
    gateway_url: str = ""

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> DiscordSettings:
        """Raises `ConfigurationError`, in a sentence that says what belongs where."""
        complaint = complaint_about(environ)
        if complaint:
            raise ConfigurationError(complaint)
        return cls(
            token=environ[TOKEN].strip(),
            api_url=environ.get(API_URL, "").strip().rstrip("/"),
            gateway_url=environ.get(GATEWAY_URL, "").strip(),
        )


def complaint_about(environ: Mapping[str, str]) -> str:
    """What is wrong with the variables, in one sentence; empty when nothing is."""
    token = environ.get(TOKEN, "").strip()
    if not token:
        return f"{TOKEN} is not set: it is {_WHERE}."
    if _kind_of(token):
        return f"{TOKEN} holds {_kind_of(token)}; it should be {_WHERE}."
    for variable, schemes, example in (
        (API_URL, ("http://", "https://"), "https://discord.com/api/v10"),
        (GATEWAY_URL, ("ws://", "wss://"), "wss://gateway.discord.gg"),
    ):
        url = environ.get(variable, "").strip()
        if url and not url.startswith(schemes):
            return f"{variable} should be an address such as {example}; found {url!r}."
    return ""


@contextmanager
def addressed(settings: DiscordSettings) -> Generator[None]:
    """Let discord.py, which has one address for the whole process, use those of the settings."""
    import yarl
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    if settings.api_url:
        Route.BASE = settings.api_url
    if settings.gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


def _kind_of(token: str) -> str:
    """What somebody took for the token."""
    if token.lower().startswith(("bot ", "bearer ")):
        return "a whole header"
    if _PUBLIC_KEY.fullmatch(token):
        return "the application's public key"
    return "an id" if _ID.fullmatch(token) else ""
