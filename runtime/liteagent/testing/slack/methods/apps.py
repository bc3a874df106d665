"""auth.*, apps.* and oauth.*: who the app is."""

from __future__ import annotations

from liteagent.testing.slack.methods.arguments import Arguments
from liteagent.testing.slack.methods.method import Method
from liteagent.testing.slack.records import Json
from liteagent.testing.slack.refusal import SlackRefusal
from liteagent.testing.slack.stage import Stage


def auth_test(stage: Stage, args: Arguments) -> Json:
    workspace = stage.workspace
    return {
        "url": f"{stage.base()}/",
        "team": workspace.title,
        "user": workspace.users[workspace.bot].name,
        "team_id": workspace.team,
        "user_id": workspace.bot,
        "bot_id": workspace.bot_id,
        "app_id": workspace.app,
        "is_enterprise_install": False,
    }


def connections_open(stage: Stage, args: Arguments) -> Json:
    return {"url": stage.socket_url()}


def oauth_access(stage: Stage, args: Arguments) -> Json:
    secrets = stage.secrets
    if args.maybe("client_id") != secrets.client_id:
        raise SlackRefusal("invalid_client_id")
    if args.maybe("client_secret") != secrets.client_secret:
        raise SlackRefusal("bad_client_secret")
    code = args.text("code")
    if code not in secrets.codes:
        raise SlackRefusal("invalid_code")
    if secrets.codes[code]:
        raise SlackRefusal("code_already_used")
    secrets.codes[code] = True
    workspace = stage.workspace
    return {
        "access_token": secrets.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(stage.scopes)),
        "bot_user_id": workspace.bot,
        "app_id": workspace.app,
        "team": {"id": workspace.team, "name": workspace.title},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": next(iter(workspace.users))},
    }


METHODS = {
    "apps.connections.open": Method(connections_open, token="app"),
    "auth.test": Method(auth_test),
    "oauth.v2.access": Method(oauth_access, token="none"),
}
