"""files.*: two calls around an upload, and what is known of a file."""

from __future__ import annotations

from typing import cast

from liteagent.testing.slack.methods.arguments import Arguments
from liteagent.testing.slack.methods.method import Method
from liteagent.testing.slack.payloads import file_json
from liteagent.testing.slack.records import File, Json, Message
from liteagent.testing.slack.refusal import SlackRefusal
from liteagent.testing.slack.stage import Stage


def get_upload_url(stage: Stage, args: Arguments) -> Json:
    name, length = args.text("filename"), args.number("length", -1)
    if length <= 0:
        raise SlackRefusal("invalid_arguments", ("[ERROR] length must be more than 0",))
    workspace = stage.workspace
    file = File(
        id=workspace.new_id("F"),
        name=name,
        title=name,
        mimetype="application/octet-stream",
        size=length,
        user=workspace.bot,
    )
    workspace.files[file.id] = file
    return {"upload_url": f"{stage.base()}/upload/v1/{file.id}", "file_id": file.id}


def complete_upload(stage: Stage, args: Arguments) -> Json:
    files = [_uploaded(stage, cast("Json", entry)) for entry in args.list("files")]
    if not files:
        raise SlackRefusal("invalid_arguments", ("[ERROR] missing required field: files",))
    if args.maybe("channel_id"):
        _share(stage, args, files)
    for file in files:
        file.shared = True
    known = (file_json(stage.base(), stage.workspace.team, file) for file in files)
    return {"files": list(known)}


def info(stage: Stage, args: Arguments) -> Json:
    file = stage.workspace.files.get(args.text("file"))
    if file is None or file.content is None:
        raise SlackRefusal("file_not_found")
    return {"file": file_json(stage.base(), stage.workspace.team, file)}


def _uploaded(stage: Stage, entry: Json) -> File:
    file = stage.workspace.files.get(str(entry.get("id")))
    if file is None or file.content is None or file.shared:
        raise SlackRefusal("file_not_found")
    file.title = str(entry.get("title") or file.title)
    return file


def _share(stage: Stage, args: Arguments, files: list[File]) -> None:
    channel = stage.joined(args.text("channel_id"))
    thread = args.maybe("thread_ts")
    if thread is not None and thread not in stage.workspace.messages[channel.id]:
        raise SlackRefusal("thread_not_found")
    message = Message(
        ts=stage.workspace.new_ts(),
        channel=channel.id,
        user=stage.workspace.bot,
        bot=True,
        thread=thread,
        text=args.maybe("initial_comment") or "",
        files=[file.id for file in files],
    )
    stage.workspace.post(message)
    stage.announcer.posted(message)


METHODS = {
    "files.completeUploadExternal": Method(complete_upload, ("files:write",)),
    "files.getUploadURLExternal": Method(get_upload_url, ("files:write",)),
    "files.info": Method(info, ("files:read",)),
}
