"""chat.*: posting, editing, deleting."""

from __future__ import annotations

from dataclasses import replace

from liteagent.testing.slack.methods.arguments import Arguments
from liteagent.testing.slack.methods.content import Content, read_content
from liteagent.testing.slack.methods.method import Method
from liteagent.testing.slack.records import Channel, Json, Message
from liteagent.testing.slack.refusal import SlackRefusal
from liteagent.testing.slack.stage import Stage


def post_message(stage: Stage, args: Arguments) -> Json:
    channel = stage.channel(args.text("channel"))
    if channel.kind != "channel" or "chat:write.public" not in stage.scopes:
        stage.joined(channel.id)
    content = read_content(stage, args, "chat.postMessage")
    message = new_message(stage, channel, _thread(stage, channel, args), content)
    message.broadcast = message.thread is not None and args.flag("reply_broadcast")
    stage.workspace.post(message)
    stage.announcer.posted(message)
    clear_status(stage, message)
    return {"channel": channel.id, "ts": message.ts, "message": stage.json(message)}


def post_ephemeral(stage: Stage, args: Arguments) -> Json:
    channel = stage.joined(args.text("channel"))
    user = args.text("user")
    if user not in channel.members:
        raise SlackRefusal("user_not_in_channel")
    content = read_content(stage, args, "chat.postEphemeral")
    message = new_message(stage, channel, args.maybe("thread_ts"), content)
    message.only_for = user
    stage.workspace.post(message)
    return {"message_ts": message.ts}


def update(stage: Stage, args: Arguments) -> Json:
    channel = stage.joined(args.text("channel"))
    message = own(stage, channel, args.text("ts"), "cant_update_message")
    stream = stage.workspace.streams.get((channel.id, message.ts))
    if stream is not None and stream.runs(stage.workspace.clock.now()):
        raise SlackRefusal("streaming_state_conflict")
    content = read_content(stage, args, "chat.update")
    before = stage.json(message)
    kept = message.attachments if "attachments" not in args.raw else content.attachments
    textless = not (content.text or content.markdown)
    change(message, content, keep_blocks="blocks" not in args.raw and textless)
    message.attachments = kept
    if not message.blocks:
        message.edited = stage.workspace.new_ts()
    stage.announcer.edited(before, message)
    text = message.markdown or message.text
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": stage.json(message)}


def delete(stage: Stage, args: Arguments) -> Json:
    channel = stage.joined(args.text("channel"))
    message = own(stage, channel, args.text("ts"), "cant_delete_message")
    before = stage.json(message)
    stage.workspace.remove(message)
    stage.announcer.deleted(before, message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(stage: Stage, args: Arguments) -> Json:
    channel = stage.channel(args.text("channel"))
    message = stage.message(channel, args.text("message_ts"))
    link = f"{stage.base()}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread is not None:
        link += f"?thread_ts={message.thread}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def own(stage: Stage, channel: Channel, ts: str, error: str) -> Message:
    """A message of the app's."""
    message = stage.message(channel, ts)
    if not message.bot:
        raise SlackRefusal(error)
    return message


def new_message(stage: Stage, channel: Channel, thread: str | None, content: Content) -> Message:
    """One of the app's, not yet posted."""
    workspace = stage.workspace
    message = Message(
        ts=workspace.new_ts(), channel=channel.id, user=workspace.bot, bot=True, thread=thread
    )
    change(message, content, keep_blocks=False)
    return message


def change(message: Message, content: Content, *, keep_blocks: bool) -> None:
    """Put the content into the message, in place of what was there."""
    message.text, message.markdown = content.text, content.markdown
    message.attachments = content.attachments
    if not keep_blocks:
        message.blocks, message.chunks = content.blocks, []
    if content.metadata is not None:
        message.metadata = content.metadata


def clear_status(stage: Stage, message: Message) -> None:
    """An answer ends the status line over its thread."""
    workspace = stage.workspace
    last = next(
        (
            status
            for status in reversed(workspace.statuses)
            if (status.channel, status.thread) == (message.channel, message.thread)
            and status.method == "assistant.threads.setStatus"
        ),
        None,
    )
    if last is not None and last.status:
        cleared = replace(last, status="", loading_messages=(), at=workspace.clock.now())
        workspace.statuses.append(cleared)


def _thread(stage: Stage, channel: Channel, args: Arguments) -> str | None:
    """The root that is answered; an answer to a reply goes to the reply's root."""
    ts = args.maybe("thread_ts")
    if ts is None:
        return None
    root = stage.workspace.messages[channel.id].get(ts)
    if root is None:
        raise SlackRefusal("thread_not_found")
    return root.thread or root.ts


METHODS = {
    "chat.delete": Method(delete, ("chat:write",)),
    "chat.getPermalink": Method(get_permalink),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",)),
    "chat.postMessage": Method(post_message, ("chat:write",)),
    "chat.update": Method(update, ("chat:write",)),
}
