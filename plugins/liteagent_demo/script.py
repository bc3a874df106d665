"""What the demo model says: a pure function of the conversation it is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from liteagent.messages import ChatMessage, ModelRequest

MARK = "[demo]"
"""Every answer begins with it."""

_CALL = re.compile(r"call\s+(\S+)\s*(\{.*\})?\s*", re.IGNORECASE | re.DOTALL)
_ANNOUNCE = re.compile(r"announce[:\s]+(\S.*)", re.IGNORECASE | re.DOTALL)
_TIME = re.compile(r"\btime\b", re.IGNORECASE)
_GREETING = re.compile(r"(hello|hi|hey|help)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said, and the tool that is called with these arguments (JSON text), if any."""

    text: str
    tool: str = ""
    arguments: str = "{}"


def reply_to(request: ModelRequest) -> Reply:
    """The answer to the last message."""
    results = _last_results(request.messages)
    if results:
        told = (f"{message.name or 'The tool'} answered: {message.content}" for message in results)
        return Reply(f"{MARK} {chr(10).join(told)}")
    said = request.messages[-1].content.strip() if request.messages else ""
    offered = [tool.name for tool in request.tools]
    return _answer(said, offered)


def _answer(said: str, offered: Sequence[str]) -> Reply:
    if called := _CALL.fullmatch(said):
        return _call(called[1], called[2] or "{}", offered)
    if announced := _ANNOUNCE.fullmatch(said):
        return _call("announce", json.dumps({"text": announced[1]}), offered)
    if said.startswith("[Result of "):
        return Reply(f"{MARK} There is news. {said}")
    if _TIME.search(said):
        return _call("current_time", "{}", offered)
    greeting = "Hello!" if _GREETING.match(said) or not said else f"You said: {said}"
    return Reply(f"{MARK} {greeting}\n{_what_to_try(offered)}")


def _call(tool: str, arguments: str, offered: Sequence[str]) -> Reply:
    if tool not in offered:
        names = ", ".join(offered) or "none"
        return Reply(f"{MARK} I have no tool {tool}. The tools I was given: {names}.")
    return Reply(f"{MARK} Calling {tool}.", tool, arguments)


def _what_to_try(offered: Sequence[str]) -> str:
    lines = ["I am a script, not a model: I know a few words and cost nothing. Try:"]
    if "current_time" in offered:
        lines.append("- what time is it?")
    if "announce" in offered:
        lines.append("- announce lunch is ready (a person has to approve it)")
    lines.append("- call TOOL {json arguments}, for any tool this agent has")
    return "\n".join(lines)


def _last_results(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """The tools' answers at the end of the conversation, oldest first."""
    results: list[ChatMessage] = []
    for message in reversed(messages):
        if message.role != "tool":
            break
        results.insert(0, message)
    return results
