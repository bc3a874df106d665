"""One session as the terminal follows it: what comes is shown and taken into account, once."""

from __future__ import annotations

from contextlib import ExitStack

from liteagent.cli.chat.bridge import Bridge
from liteagent.cli.chat.feed import Feed
from liteagent.cli.chat.renderer import Renderer
from liteagent.cli.chat.talk import Talk
from liteagent.cli.chat.turns import OpenTurns
from liteagent.cli.doors import Ballot, Door, Live
from liteagent.cli.questions import Question
from liteagent.errors import LiteAgentException, RuntimeClosedError
from liteagent.events import Event

_TAKEN = 409


class SessionFeed:
    """Sends messages and decisions, and takes in what comes of them. Use as `with`."""

    def __init__(self, bridge: Bridge, door: Door, talk: Talk, renderer: Renderer) -> None:
        self.turns = OpenTurns()
        self._bridge, self._door, self._talk, self._renderer = bridge, door, talk, renderer
        self.session_id = None if talk.is_new else talk.session_id
        self._stack = ExitStack()
        self._feed: Feed[Live] | None = None
        for event in talk.history:
            self.turns.see(event)

    def __enter__(self) -> SessionFeed:
        if self.session_id is not None and self.turns.latest is not None:
            self._listen(self.session_id)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def send(self, text: str) -> str:
        """Send a message, in a new session if there is none yet; the id of its turn."""
        if self.session_id is None:
            self.session_id = self._create()
        receipt = self._bridge.run(self._door.send(self.session_id, text))
        self._renderer.expect(receipt.seq, receipt.turn_id)
        self._listen(self.session_id)
        return receipt.turn_id

    def _create(self) -> str:
        """The new session's id; one of that name that somebody else made meanwhile will do."""
        wanted = self._talk.session_id
        try:
            return self._bridge.run(self._door.create(self._talk.agent, wanted))
        except LiteAgentException as error:
            if wanted is None or error.status_code != _TAKEN:
                raise
            return wanted

    def decide(self, question: Question, ballot: Ballot) -> None:
        """Decide what waits; raises a `LiteAgentException` for whoever may not."""
        self._renderer.expect(question.approval_id)
        self._bridge.run(self._door.decide(question.approval_id, ballot, question.digest))
        self.turns.decided(question.turn_id)

    def cancel(self, turn_id: str) -> None:
        """End a turn."""
        assert self.session_id is not None
        self._bridge.run(self._door.cancel(self.session_id, turn_id))

    @property
    def server(self) -> str | None:
        """Where the session runs; None: here."""
        return self._door.server

    def fileno(self) -> int:
        """Readable when something came."""
        assert self._feed is not None, "nothing is followed before the first message"
        return self._feed.fileno()

    def take(self) -> None:
        """Wait for the next frame and show it. Raises when there will be none."""
        assert self._feed is not None, "nothing is followed before the first message"
        frame = self._feed.get()
        if frame is None:
            raise RuntimeClosedError("The runtime has stopped; start it again and go on.")
        if isinstance(frame, Event):
            self.turns.see(frame)
        self._renderer.show(frame)

    def take_all(self) -> None:
        """Show what has come so far, without waiting."""
        while self._feed is not None and self._feed.is_waiting:
            self.take()

    def is_open(self, question: Question) -> bool:
        """Whether it still waits, as it was asked."""
        return question in self.turns.questions()

    def _listen(self, session_id: str) -> None:
        if self._feed is None:
            seen = self._talk.history[-1].seq if self._talk.history else 0
            frames = self._door.follow(session_id, after=seen)
            self._feed = self._stack.enter_context(self._bridge.feed(frames))
