"""The model behind the agents: a stand-in for OpenAI whose stories can be held in the middle."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict

from liteagent.messages import ModelRequest
from liteagent.testing.answers import Answer, call, calls, says
from liteagent.testing.openai_server import OpenAIServer
from liteagent.testing.script import last_texts

STORY = ("Once ", "upon ", "a 🐉 ", "tíme ", "it ", "ended", ".")
LOOKING = "Let me see to it."
GREETING = ("Hel", "lo ", "there", ".")
_STORY = re.compile(r"tell[ :]([^ :]+)[ :](\d+)")


class Model(OpenAIServer):
    """`tell NAME N` tells the story and stands still after N pieces until `let(NAME)`; `note TEXT`,
    `publish TEXT` and `ponder TEXT` call the tool of that name and say what it did; after
    `note tell:NAME:N` and `publish tell:NAME:N` that is the story. Whatever else is greeted.
    """

    def __init__(self) -> None:
        super().__init__()
        self._gates: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.script.on(re.compile(r"^(note|publish|ponder) "), _call)
        self.script.on(re.compile(r"^tell |(noted|published) tell:"), self._tell)
        self.script.on(re.compile(r"^(noted|published|pondered) "), _done)
        self.script.on(re.compile("refused|rejected"), "Then not.")
        self.script.on(re.compile(""), says(*GREETING))

    def let(self, name: str) -> None:
        """Let the story of this name go on to its end, now and whenever it is told again."""
        self._gates[name].set()

    def asked(self, text: str) -> int:
        """How often the model was asked something of which this is the last message."""
        return sum(text in last_texts(request) for request in self.script.requests)

    def _tell(self, request: ModelRequest) -> Answer:
        found = _STORY.search(_last(request))
        assert found is not None
        name, pieces = found.groups()
        return Answer(pieces=STORY, gate=self._gates[name], gate_after=int(pieces))


def _last(request: ModelRequest) -> str:
    return last_texts(request)[0]


def _call(request: ModelRequest) -> Answer:
    tool, _, text = _last(request).partition(" ")
    return calls(call(tool, text=text), text=LOOKING)


def _done(request: ModelRequest) -> Answer:
    return says("It ", "is ", _last(request), ".")


def told(pieces: int) -> str:
    """The story up to where it is held."""
    return "".join(STORY[:pieces])
