"""users.* and usergroups.*: who is there."""

from __future__ import annotations

from liteagent.testing.slack.methods.arguments import Arguments
from liteagent.testing.slack.methods.method import Method
from liteagent.testing.slack.methods.paging import page
from liteagent.testing.slack.payloads import user_json
from liteagent.testing.slack.records import Group, Json, User
from liteagent.testing.slack.refusal import SlackRefusal
from liteagent.testing.slack.stage import Stage


def info(stage: Stage, args: Arguments) -> Json:
    user = stage.workspace.users.get(args.text("user"))
    if user is None:
        raise SlackRefusal("user_not_found")
    return {"user": _user(stage, user)}


def list_users(stage: Stage, args: Arguments) -> Json:
    users, more = page(args, list(stage.workspace.users.values()))
    return {"members": [_user(stage, user) for user in users], **more}


def lookup(stage: Stage, args: Arguments) -> Json:
    email = args.text("email").lower()
    for user in stage.workspace.users.values():
        if user.email.lower() == email and not user.bot:
            return {"user": _user(stage, user)}
    raise SlackRefusal("users_not_found")


def list_groups(stage: Stage, args: Arguments) -> Json:
    groups = stage.workspace.groups.values()
    return {"usergroups": [_group(stage, g, args.flag("include_users")) for g in groups]}


def group_users(stage: Stage, args: Arguments) -> Json:
    group = stage.workspace.groups.get(args.text("usergroup"))
    if group is None:
        raise SlackRefusal("no_such_subteam")
    return {"users": list(group.members)}


def _user(stage: Stage, user: User) -> Json:
    return user_json(user, home=stage.workspace.team, email="users:read.email" in stage.scopes)


def _group(stage: Stage, group: Group, users: bool) -> Json:
    body: Json = {
        "id": group.id,
        "team_id": stage.workspace.team,
        "is_usergroup": True,
        "name": group.handle.title(),
        "handle": group.handle,
        "date_delete": 0,
        "user_count": len(group.members),
    }
    return {**body, "users": list(group.members)} if users else body


METHODS = {
    "usergroups.list": Method(list_groups, ("usergroups:read",)),
    "usergroups.users.list": Method(group_users, ("usergroups:read",)),
    "users.info": Method(info, ("users:read",)),
    "users.list": Method(list_users, ("users:read",)),
    "users.lookupByEmail": Method(lookup, ("users:read.email",)),
}
