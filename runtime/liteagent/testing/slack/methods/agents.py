"""assistant.threads.* and agents.sessions.*: the status line, prompts, sessions."""

from __future__ import annotations

from typing import cast

from liteagent.testing.slack.methods.arguments import Arguments
from liteagent.testing.slack.methods.method import Method
from liteagent.testing.slack.records import Json, Status
from liteagent.testing.slack.refusal import SlackRefusal
from liteagent.testing.slack.stage import Stage

MOST_PROMPTS = 4
MOST_TITLE = 200
SESSION_STATES = ("processing", "active", "suspended", "closed")


def set_thread_status(stage: Stage, args: Arguments) -> Json:
    loading = tuple(str(message) for message in args.list("loading_messages"))
    _set(stage, args, "assistant.threads.setStatus", args.maybe("status") or "", loading)
    return {}


def set_session_status(stage: Stage, args: Arguments) -> Json:
    status = args.text("status")
    check_session_status(status)
    _check_title(args)
    _set(stage, args, "agents.sessions.setStatus", status, ())
    return {"status": status, "agent_status": status, "title": args.maybe("title") or ""}


def set_prompts(stage: Stage, args: Arguments) -> Json:
    channel = stage.joined(args.text("channel_id"))
    prompts = [cast("Json", prompt) for prompt in args.list("prompts")]
    if not prompts or len(prompts) > MOST_PROMPTS:
        raise SlackRefusal("invalid_arguments", (f"[ERROR] 1 to {MOST_PROMPTS} prompts",))
    if not all(prompt.get("title") and prompt.get("message") for prompt in prompts):
        raise SlackRefusal("invalid_arguments", ("[ERROR] a prompt has a title and a message",))
    stage.workspace.prompts[channel.id, args.maybe("thread_ts")] = prompts
    return {}


def set_title(stage: Stage, args: Arguments) -> Json:
    stage.joined(args.text("channel_id"))
    args.text("title")
    _check_title(args)
    return {}


def _check_title(args: Arguments) -> None:
    if len(args.maybe("title") or "") > MOST_TITLE:
        raise SlackRefusal("invalid_arguments", (f"[ERROR] title: at most {MOST_TITLE}",))


def _set(stage: Stage, args: Arguments, method: str, status: str, loading: tuple[str, ...]) -> None:
    channel = stage.joined(args.text("channel_id"))
    thread = args.maybe("thread_ts")
    if thread is None or thread not in stage.workspace.messages[channel.id]:
        raise SlackRefusal("thread_not_found")
    record_status(stage, channel.id, thread, method, status, loading)


def check_session_status(status: str) -> None:
    """Whether an agent's session can be in it."""
    if status not in SESSION_STATES:
        raise SlackRefusal("invalid_status")


def record_status(
    stage: Stage,
    channel: str,
    thread: str | None,
    method: str,
    status: str,
    loading: tuple[str, ...] = (),
) -> None:
    """What is shown over a thread from now on."""
    stage.workspace.statuses.append(
        Status(
            channel=channel,
            thread=thread,
            status=status,
            method=method,
            loading_messages=loading,
            at=stage.workspace.clock.now(),
        )
    )


_SCOPES = ("assistant:write", "chat:write")

METHODS = {
    "agents.sessions.rename": Method(set_title, _SCOPES),
    "agents.sessions.setStatus": Method(set_session_status, _SCOPES),
    "assistant.threads.setStatus": Method(set_thread_status, ("assistant:write",)),
    "assistant.threads.setSuggestedPrompts": Method(set_prompts, ("assistant:write",)),
    "assistant.threads.setTitle": Method(set_title, ("assistant:write",)),
}
