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
CLIENT_ID = "SLACK_CLIENT_ID"
CLIENT_SECRET = "SLACK_CLIENT_SECRET"  # noqa: S105 the variable, not what it holds
ENCRYPTION_KEY = "LITEAGENT_ENCRYPTION_KEY"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
API_URL = "LITEAGENT_SLACK_API_URL"
VARIABLES = (BOT_TOKEN, CLIENT_ID, CLIENT_SECRET, APP_TOKEN, SIGNING_SECRET, API_URL)
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
    client_id: str = ""
    """With the secret: more workspaces may install the app; empty: the bot token's only."""
    client_secret: str = field(default="", repr=False)
    encryption_key: str = field(default="", repr=False)
    """Seals the tokens of installations; base64."""
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
            client_id=environ.get(CLIENT_ID, "").strip(),
            client_secret=environ.get(CLIENT_SECRET, "").strip(),
            encryption_key=environ.get(ENCRYPTION_KEY, "").strip(),
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
    if not environ.get(BOT_TOKEN) and not environ.get(CLIENT_ID):
        return f"{BOT_TOKEN} is not set: it is {_WHERE[BOT_TOKEN]}."
    if not environ.get(APP_TOKEN) and not secret:
        return (
            f"Neither {APP_TOKEN} (Socket Mode) nor {SIGNING_SECRET} (events over HTTP) is set, so"
            " Slack cannot send anything: set one of them."
        )
    if oauth := _complaint_about_oauth(environ):
        return oauth
    url = environ.get(API_URL, "").strip()
    if url and not url.startswith(("http://", "https://")):
        return f"{API_URL} should be an address such as {DEFAULT_API_URL}; found {url!r}."
    return ""


def _complaint_about_oauth(environ: Mapping[str, str]) -> str:
    given = [name for name in (CLIENT_ID, CLIENT_SECRET) if environ.get(name, "").strip()]
    if len(given) == 1:
        (lacking,) = {CLIENT_ID, CLIENT_SECRET} - set(given)
        return f"{lacking} is not set: both stand under Basic Information, App Credentials."
    if given and not environ.get(ENCRYPTION_KEY, "").strip():
        return (
            f"{ENCRYPTION_KEY} is not set, so the tokens of workspaces cannot be kept sealed: set"
            " it to what `openssl rand -base64 32` prints, the same in every process."
        )
    return ""


def _kind_of(value: str) -> str:
    return next((kind for prefix, kind in _KINDS.items() if value.startswith(prefix)), "no token")
