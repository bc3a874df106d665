"""How Slack writes things down in JSON."""

from __future__ import annotations

from typing import Any

from liteagent.testing.slack.records import Channel, File, Json, Message, User, View
from liteagent.testing.slack.typed import rich_text
from liteagent.testing.slack.workspace import Workspace


def user_json(user: User, *, home: str, email: bool) -> Json:
    """A user as `users.info` shows them to an app of the team `home`; the address only to who may
    read addresses.
    """
    profile: Json = {"real_name": user.name.title(), "display_name": user.name, "team": user.team}
    if email and not user.bot:
        profile["email"] = user.email
    return {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "real_name": user.name.title(),
        "deleted": False,
        "tz": "Etc/UTC",
        "is_bot": user.bot,
        "is_admin": False,
        "is_app_user": False,
        "is_restricted": user.guest,
        "is_ultra_restricted": False,
        "is_stranger": user.team != home,
        "profile": profile,
    }


def channel_json(workspace: Workspace, channel: Channel) -> Json:
    """A conversation as `conversations.info` shows it."""
    if channel.kind == "im":
        person = next((m for m in channel.members if m != workspace.bot), workspace.bot)
        return {"id": channel.id, "is_im": True, "user": person, "is_archived": False}
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.kind == "group",
        "is_archived": channel.archived,
        "is_general": False,
        "is_shared": channel.shared,
        "is_ext_shared": channel.shared,
        "is_member": workspace.bot in channel.members,
        "num_members": len(channel.members),
        "context_team_id": workspace.team,
    }


def file_json(base: str, team: str, file: File) -> Json:
    """A file; `base` is where the stand-in serves."""
    address = f"{base}/files-pri/{team}-{file.id}/download/{file.name}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2] or "text",
        "size": file.size,
        "user": file.user,
        "mode": "hosted",
        "is_external": False,
        "url_private": address,
        "url_private_download": address,
        "permalink": f"{base}/files/{file.user}/{file.id}/{file.name}",
    }


def message_json(
    workspace: Workspace, message: Message, base: str, *, metadata: bool = False
) -> Json:
    """A message as `conversations.history` and events show it, without its channel."""
    body: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.markdown or message.text,
        "team": _team_of(workspace, message.user),
        **_author(workspace, message),
        **_thread(workspace, message),
    }
    if message.blocks:
        body["blocks"] = message.blocks
    elif message.text and not message.bot and not message.tombstone:
        body["blocks"] = [rich_text(message.text)]
    if message.attachments:
        body["attachments"] = message.attachments
    if message.files:
        known = (workspace.files[file] for file in message.files)
        body["files"] = [file_json(base, workspace.team, file) for file in known]
    if message.edited:
        body["edited"] = {"user": message.user, "ts": message.edited}
    if message.reactions:
        body["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]
    if metadata and message.metadata is not None:
        body["metadata"] = message.metadata
    return body


def _team_of(workspace: Workspace, user: str) -> str:
    known = workspace.users.get(user)
    return workspace.team if known is None else known.team


def _author(workspace: Workspace, message: Message) -> Json:
    if message.tombstone:
        return {"subtype": "tombstone", "hidden": True}
    if message.bot:
        profile: Json = {"id": workspace.bot_id, "app_id": workspace.app, "name": "liteagent"}
        return {"bot_id": workspace.bot_id, "app_id": workspace.app, "bot_profile": profile}
    author = workspace.users.get(message.user)
    if author is not None and author.bot:
        return {"bot_id": f"B{author.id[1:]}", "app_id": f"A{author.id[1:]}"}
    return {"client_msg_id": f"00000000-0000-4000-8000-{message.ts.replace('.', '')[-12:]}"}


def _thread(workspace: Workspace, message: Message) -> Json:
    if message.thread is not None:
        root = workspace.find(message.channel, message.thread)
        body: Json = {"thread_ts": message.thread}
        if root is not None:
            body["parent_user_id"] = root.user
        if message.broadcast:
            body["subtype"] = "thread_broadcast"
        return body
    replies = workspace.replies(message.channel, message.ts)
    if not replies:
        return {}
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": sorted({reply.user for reply in replies}),
        "latest_reply": replies[-1].ts,
    }


def view_json(workspace: Workspace, view: View, values: dict[str, Any] | None = None) -> Json:
    """A view as interactions and `views.*` show it; `values` is what stands in its inputs."""
    return {
        "close": None,
        "submit": None,
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        **view.body,
        "id": view.id,
        "team_id": workspace.team,
        "app_id": workspace.app,
        "bot_id": workspace.bot_id,
        "app_installed_team_id": workspace.team,
        "hash": view.hash,
        "root_view_id": view.root,
        "previous_view_id": view.previous,
        "state": {"values": values or {}},
    }


def envelope_of_event(workspace: Workspace, event: Json, *, channel: Channel | None) -> Json:
    """The `event_callback` around an event: a new `event_id` for each subscription."""
    return {
        "token": "verification-token",
        "team_id": workspace.team,
        "context_team_id": workspace.team,
        "context_enterprise_id": None,
        "api_app_id": workspace.app,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": int(workspace.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team,
                "user_id": workspace.bot,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": channel is not None and channel.shared,
    }
