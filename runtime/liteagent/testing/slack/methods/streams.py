"""chat.startStream, appendStream, stopStream: a message that is written while it is read."""

from __future__ import annotations

from typing import cast

from liteagent.testing.slack.methods.agents import check_session_status, record_status
from liteagent.testing.slack.methods.arguments import Arguments
from liteagent.testing.slack.methods.chat import clear_status
from liteagent.testing.slack.methods.content import MOST_MARKDOWN, read_blocks, read_metadata
from liteagent.testing.slack.methods.method import Method
from liteagent.testing.slack.records import Json, Message, Stream
from liteagent.testing.slack.refusal import SlackRefusal
from liteagent.testing.slack.stage import Stage

TASK_STATES = ("pending", "in_progress", "complete", "error")


def start(stage: Stage, args: Arguments) -> Json:
    channel = stage.joined(args.text("channel"))
    workspace = stage.workspace
    root = workspace.messages[channel.id].get(args.text("thread_ts"))
    if root is None:
        raise SlackRefusal("thread_not_found")
    if channel.kind != "im":
        _need_recipient(stage, args)
    message = Message(
        ts=workspace.new_ts(),
        channel=channel.id,
        user=workspace.bot,
        bot=True,
        thread=root.thread or root.ts,
        streamed=True,
    )
    _append(stage, message, args)
    workspace.post(message)
    stream = Stream(message=message, started=workspace.clock.now())
    workspace.streams[channel.id, message.ts] = stream
    stage.announcer.posted(message)
    clear_status(stage, message)
    return {"channel": channel.id, "ts": message.ts}


def append(stage: Stage, args: Arguments) -> Json:
    stream = _running(stage, args)
    if not args.maybe("markdown_text") and not args.list("chunks"):
        raise SlackRefusal("no_text")
    _append(stage, stream.message, args)
    return {"channel": stream.message.channel, "ts": stream.message.ts}


def stop(stage: Stage, args: Arguments) -> Json:
    stream = _running(stage, args)
    message = stream.message
    before = stage.json(message)
    blocks, metadata = read_blocks(stage, args), read_metadata(args)
    session = args.maybe("session_status")
    if session is not None:
        check_session_status(session)
    _append(stage, message, args)
    message.blocks = [*message.blocks, *blocks]
    message.metadata = metadata or message.metadata
    stream.stopped = True
    if session is not None:
        record_status(stage, message.channel, message.thread, "chat.stopStream", session)
    stage.announcer.edited(before, message)
    return {"channel": message.channel, "ts": message.ts, "message": stage.json(message)}


def _need_recipient(stage: Stage, args: Arguments) -> None:
    for name in ("recipient_team_id", "recipient_user_id"):
        if args.maybe(name) is None:
            raise SlackRefusal(f"missing_{name}")
    if args.text("recipient_user_id") not in stage.workspace.users:
        raise SlackRefusal("user_not_found")


def _running(stage: Stage, args: Arguments) -> Stream:
    channel = stage.joined(args.text("channel"))
    message = stage.message(channel, args.text("ts"))
    if not message.bot:
        raise SlackRefusal("message_not_owned_by_app")
    stream = stage.workspace.streams.get((channel.id, message.ts))
    if stream is None or not stream.runs(stage.workspace.clock.now()):
        raise SlackRefusal("message_not_in_streaming_state")
    return stream


def _append(stage: Stage, message: Message, args: Arguments) -> None:
    """Check everything first: of what is refused nothing is shown."""
    text = args.maybe("markdown_text") or ""
    chunks = [cast("Json", chunk) for chunk in args.list("chunks")]
    for index, chunk in enumerate(chunks):
        _check_chunk(index, chunk)
    text += "".join(str(c["text"]) for c in chunks if c["type"] == "markdown_text")
    if len(message.markdown) + len(text) > MOST_MARKDOWN:
        raise SlackRefusal("msg_too_long")
    blocks = [b for c in chunks if c["type"] == "blocks" for b in c["blocks"]]
    checked = read_blocks(stage, Arguments({"blocks": blocks}))
    message.markdown += text
    message.blocks = [*message.blocks, *checked]
    for chunk in chunks:
        if chunk["type"] in ("task_update", "plan_update"):
            _show(message, chunk)


_NEEDED = {
    "markdown_text": ("text",),
    "plan_update": ("title",),
    "task_update": ("id", "title", "status"),
    "blocks": ("blocks",),
}


def _check_chunk(index: int, chunk: Json) -> None:
    kind = str(chunk.get("type"))
    what = ""
    if kind not in _NEEDED:
        what = f"unsupported type: {kind}"
    elif missing := [key for key in _NEEDED[kind] if chunk.get(key) is None]:
        what = f"missing required field: {missing[0]}"
    elif kind == "task_update" and chunk["status"] not in TASK_STATES:
        what = f"must be one of: {', '.join(TASK_STATES)}"
    if what:
        raise SlackRefusal("invalid_chunks", (f"[ERROR] {what} [json-pointer:/chunks/{index}]",))


def _show(message: Message, chunk: Json) -> None:
    """A task takes the place of the one with its id, a plan that of the plan."""
    for index, shown in enumerate(message.chunks):
        if (shown["type"], shown.get("id")) == (chunk["type"], chunk.get("id")):
            message.chunks[index] = {**shown, **chunk}
            return
    message.chunks.append(chunk)


METHODS = {
    "chat.appendStream": Method(append, ("chat:write",)),
    "chat.startStream": Method(start, ("chat:write",)),
    "chat.stopStream": Method(stop, ("chat:write",)),
}
