"""A script: which answer belongs to which request, decided by the request's content alone.

No call is ever counted, so a request that is sent again after a crash gets the same answer, from
this process or from another one with the same script.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from liteagent.messages import ModelRequest
from liteagent.testing.answers import Answer, says

Cue = str | re.Pattern[str] | Callable[[ModelRequest], bool]
"""When an answer is due: the exact text of the last message (or of one of the tool results at the
end), a pattern that is found in it, or a predicate over the request."""

Reply = str | Answer | Callable[[ModelRequest], Answer]
"""What is answered: text, an answer, or a function of the request that makes one."""


class UnexpectedRequestError(AssertionError):
    """A model was asked something that its script does not foresee."""


@dataclass(frozen=True, slots=True)
class _Rule:
    cue: Cue
    reply: Reply

    def fits(self, request: ModelRequest) -> bool:
        cue = self.cue
        if isinstance(cue, str):
            return cue in last_texts(request)
        if isinstance(cue, re.Pattern):
            return any(cue.search(text) for text in last_texts(request))
        return cue(request)


def last_texts(request: ModelRequest) -> tuple[str, ...]:
    """What the model is to react to: the last message, or all the tool results at the end."""
    return tuple(_tail(request))


def _tail(request: ModelRequest) -> Iterator[str]:
    for position, message in enumerate(reversed(request.messages)):
        if position and message.role != "tool":
            return
        yield message.content
        if message.role != "tool":
            return


class Script:
    """Rules in order; the first one that fits a request answers it."""

    def __init__(self, answers: Mapping[str, Reply] | None = None) -> None:
        self._rules = [_Rule(cue, reply) for cue, reply in (answers or {}).items()]
        self._used: set[int] = set()
        self.requests: list[ModelRequest] = []
        """Every request so far, oldest first."""

    def on(self, cue: Cue, reply: Reply) -> None:
        """Answer `reply` where `cue` fits and no earlier rule does."""
        self._rules.append(_Rule(cue, reply))

    def answer(self, request: ModelRequest) -> Answer:
        """The answer to `request`; raises UnexpectedRequestError where no rule fits."""
        self.requests.append(request)
        for position, rule in enumerate(self._rules):
            if rule.fits(request):
                self._used.add(position)
                return _answer(rule.reply, request)
        known = ", ".join(repr(rule.cue) for rule in self._rules) or "none"
        raise UnexpectedRequestError(
            f"No scripted answer to {' / '.join(map(repr, last_texts(request))) or 'no message'}"
            f" of {request.model}; the script has: {known}."
        )

    def unused(self) -> list[Cue]:
        """The cues of the rules that never answered; a strict test asserts that there are none."""
        return [rule.cue for position, rule in enumerate(self._rules) if position not in self._used]


def _answer(reply: Reply, request: ModelRequest) -> Answer:
    if isinstance(reply, str):
        return says(reply)
    if isinstance(reply, Answer):
        return reply
    return reply(request)
