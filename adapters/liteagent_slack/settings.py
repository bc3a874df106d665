"""Tokens and addresses, from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from liteagent.errors import ConfigurationError

NAME = "slack"
"""The platform's, in keys of the journal too."""
BOT_TOKEN = "SLACK_BOT_TOKEN"  # noqa: S105 the variable, not what it holds
APP_TOKEN = "SLACK_APP_TOKEN"  # noqa: S105 the variable, not what it holds
SIGNING_SECRET = "SLACK_SIGNING_SECRET"  # noqa: S105 the variable, not what it holds
API_URL = "LITEAGENT_SLACK_API_URL"
VARIABLES = (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, API_URL)
DEFAULT_API_URL = "https://slack.com/api/"

_KINDS = {
    "xoxb-": "a bot token",
    "xoxp-": "a person's token",
    "xoxe": "a token that rotates",
    "xapp-": "an app-level token",
    "xoxa-": "a workspace token",
}
_WHERE = {
    BOT_TOKEN: "the Bot User OAuth Token under OAuth & Permissions, which begins with xoxb-",
    APP_TOKEN: "an app-level token with the scope connections:write under Basic Information,"
    " which begins with xapp-",
    SIGNING_SECRET: "the Signing Secret under Basic Information, which is no token",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """How one Slack app is reached."""

    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    """For Socket Mode; empty: events come over HTTP."""
    signing_secret: str = field(default="", repr=False)
    """For events over HTTP; empty: the gateway serves no route for them."""
    api_url: str = DEFAULT_API_URL

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> SlackSettings:
        """Raises `ConfigurationError`, in a sentence that says which token belongs where."""
        complaint = complaint_about(environ)
        if complaint:
            raise ConfigurationError(complaint)
        url = environ.get(API_URL, "").strip() or DEFAULT_API_URL
        return cls(
            bot_token=environ.get(BOT_TOKEN, "").strip(),
            app_token=environ.get(APP_TOKEN, "").strip(),
            signing_secret=environ.get(SIGNING_SECRET, "").strip(),
            api_url=url if url.endswith("/") else f"{url}/",
        )

    @property
    def is_local(self) -> bool:
        """Whether the Web API is on this machine, where no proxy leads."""
        return urlsplit(self.api_url).hostname in ("127.0.0.1", "localhost", "::1")


def complaint_about(environ: Mapping[str, str]) -> str:
    """What is wrong with the variables, in one sentence; empty when nothing is."""
    for variable, prefix in ((BOT_TOKEN, "xoxb-"), (APP_TOKEN, "xapp-")):
        value = environ.get(variable, "").strip()
        if value and not value.startswith(prefix):
            return f"{variable} holds {_kind_of(value)}; it should be {_WHERE[variable]}."
    secret = environ.get(SIGNING_SECRET, "").strip()
    if secret.startswith(tuple(_KINDS)):
        return f"{SIGNING_SECRET} holds {_kind_of(secret)}; it should be {_WHERE[SIGNING_SECRET]}."
    if not environ.get(BOT_TOKEN):
        return f"{BOT_TOKEN} is not set: it is {_WHERE[BOT_TOKEN]}."
    if not environ.get(APP_TOKEN) and not secret:
        return (
            f"Neither {APP_TOKEN} (Socket Mode) nor {SIGNING_SECRET} (events over HTTP) is set, so"
            " Slack cannot send anything: set one of them."
        )
    url = environ.get(API_URL, "").strip()
    if url and not url.startswith(("http://", "https://")):
        return f"{API_URL} should be an address such as {DEFAULT_API_URL}; found {url!r}."
    return ""


def _kind_of(value: str) -> str:
    return next((kind for prefix, kind in _KINDS.items() if value.startswith(prefix)), "no token")
