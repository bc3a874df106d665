"""reactions.*"""

from __future__ import annotations

from liteagent.testing.slack.methods.arguments import Arguments
from liteagent.testing.slack.methods.method import Method
from liteagent.testing.slack.records import Json, Message
from liteagent.testing.slack.refusal import SlackRefusal
from liteagent.testing.slack.stage import Stage


def add(stage: Stage, args: Arguments) -> Json:
    message, name, user = _read(stage, args)
    users = message.reactions.setdefault(name, [])
    if user in users:
        raise SlackRefusal("already_reacted")
    users.append(user)
    stage.announcer.reacted(message, user, name, added=True)
    return {}


def remove(stage: Stage, args: Arguments) -> Json:
    message, name, user = _read(stage, args)
    if user not in message.reactions.get(name, []):
        raise SlackRefusal("no_reaction")
    unreact(message, user, name)
    stage.announcer.reacted(message, user, name, added=False)
    return {}


def unreact(message: Message, user: str, name: str) -> None:
    """Take somebody's reaction back."""
    message.reactions[name].remove(user)
    if not message.reactions[name]:
        del message.reactions[name]


def _read(stage: Stage, args: Arguments) -> tuple[Message, str, str]:
    channel = stage.joined(args.text("channel"))
    name = args.text("name")
    if name.startswith(":"):
        raise SlackRefusal("invalid_name")
    return stage.message(channel, args.text("timestamp")), name, stage.workspace.bot


METHODS = {
    "reactions.add": Method(add, ("reactions:write",)),
    "reactions.remove": Method(remove, ("reactions:write",)),
}
