"""conversations.*: channels, and what was said in them."""

from __future__ import annotations

from liteagent.testing.slack.methods.arguments import Arguments
from liteagent.testing.slack.methods.method import Method
from liteagent.testing.slack.methods.paging import page
from liteagent.testing.slack.payloads import channel_json
from liteagent.testing.slack.records import Channel, Json, Message
from liteagent.testing.slack.refusal import SlackRefusal
from liteagent.testing.slack.stage import Stage

_FAMILY = {"channel": "channels", "group": "groups", "im": "im"}
_TYPE = {"channel": "public_channel", "group": "private_channel", "im": "im"}


def history(stage: Stage, args: Arguments) -> Json:
    channel = _readable(stage, args)
    messages = _between(args, stage.workspace.standing(channel.id))
    return _messages(stage, args, messages[::-1])


def replies(stage: Stage, args: Arguments) -> Json:
    channel = _readable(stage, args)
    message = stage.workspace.messages[channel.id].get(args.text("ts"))
    if message is None:
        raise SlackRefusal("thread_not_found")
    root = stage.workspace.messages[channel.id].get(message.thread or message.ts)
    answers = _between(args, stage.workspace.replies(channel.id, message.thread or message.ts))
    return _messages(stage, args, [*([root] if root is not None else []), *answers])


def info(stage: Stage, args: Arguments) -> Json:
    channel = stage.channel(args.text("channel"))
    _need(stage, channel, "read")
    return {"channel": channel_json(stage.workspace, channel)}


def open_direct(stage: Stage, args: Arguments) -> Json:
    users = args.text("users").split(",")
    if len(users) > 1:
        raise SlackRefusal("method_not_supported_for_channel_type")
    if users[0] not in stage.workspace.users:
        raise SlackRefusal("user_not_found")
    channel = stage.workspace.direct(users[0])
    return {
        "channel": channel_json(stage.workspace, channel)
        if args.flag("return_im")
        else {"id": channel.id}
    }


def list_channels(stage: Stage, args: Arguments) -> Json:
    types = (args.maybe("types") or "public_channel").split(",")
    bot = stage.workspace.bot
    visible = [
        channel
        for channel in stage.workspace.channels.values()
        if _TYPE[channel.kind] in types and (channel.kind == "channel" or bot in channel.members)
    ]
    channels, more = page(args, visible)
    return {"channels": [channel_json(stage.workspace, c) for c in channels], **more}


def own_channels(stage: Stage, args: Arguments) -> Json:
    types = (args.maybe("types") or "public_channel").split(",")
    user = args.maybe("user") or stage.workspace.bot
    channels = stage.workspace.channels.values()
    mine = [c for c in channels if _TYPE[c.kind] in types and user in c.members]
    shown, more = page(args, mine)
    return {"channels": [channel_json(stage.workspace, c) for c in shown], **more}


def join(stage: Stage, args: Arguments) -> Json:
    channel = stage.channel(args.text("channel"))
    if channel.kind != "channel":
        raise SlackRefusal("method_not_supported_for_channel_type")
    if stage.workspace.bot not in channel.members:
        channel.members.append(stage.workspace.bot)
        stage.announcer.joined(channel, stage.workspace.bot)
    return {"channel": channel_json(stage.workspace, channel)}


def members(stage: Stage, args: Arguments) -> Json:
    channel = stage.channel(args.text("channel"))
    _need(stage, channel, "read")
    users, more = page(args, channel.members)
    return {"members": list(users), **more}


def _readable(stage: Stage, args: Arguments) -> Channel:
    channel = stage.channel(args.text("channel"))
    _need(stage, channel, "history")
    return stage.joined(channel.id)


def _need(stage: Stage, channel: Channel, right: str) -> None:
    scope = f"{_FAMILY[channel.kind]}:{right}"
    if scope not in stage.scopes:
        provided = ",".join(sorted(stage.scopes))
        raise SlackRefusal("missing_scope", needed=scope, provided=provided)


def _between(args: Arguments, messages: list[Message]) -> list[Message]:
    oldest, latest = args.maybe("oldest"), args.maybe("latest")
    inclusive = args.flag("inclusive")

    def within(message: Message) -> bool:
        ts = float(message.ts)
        after = oldest is None or ts > float(oldest) or (inclusive and ts == float(oldest))
        before = latest is None or ts < float(latest) or (inclusive and ts == float(latest))
        return after and before

    return [message for message in messages if within(message)]


def _messages(stage: Stage, args: Arguments, messages: list[Message]) -> Json:
    shown, more = page(args, messages)
    metadata = args.flag("include_all_metadata")
    following = bool(more["response_metadata"]["next_cursor"])
    return {
        "messages": [stage.json(message, metadata=metadata) for message in shown],
        "has_more": following,
        **(more if following else {}),
    }


METHODS = {
    "conversations.history": Method(history),
    "conversations.info": Method(info),
    "conversations.join": Method(join, ("channels:join",)),
    "conversations.list": Method(list_channels, ("channels:read", "groups:read", "im:read")),
    "conversations.members": Method(members),
    "conversations.open": Method(open_direct, ("im:write",)),
    "conversations.replies": Method(replies),
    "users.conversations": Method(own_channels, ("channels:read", "groups:read", "im:read")),
}
