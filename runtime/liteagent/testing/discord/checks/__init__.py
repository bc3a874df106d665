"""What Discord refuses, as pure functions from a JSON body to the problems in it."""

from liteagent.testing.discord.checks.commands import command_problems
from liteagent.testing.discord.checks.forms import Problem, refuse
from liteagent.testing.discord.checks.messages import MOST_CONTENT, message_problems
from liteagent.testing.discord.checks.modals import modal_problems
from liteagent.testing.discord.checks.threads import thread_problems

__all__ = [
    "MOST_CONTENT",
    "Problem",
    "command_problems",
    "message_problems",
    "modal_problems",
    "refuse",
    "thread_problems",
]
