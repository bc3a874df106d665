"""A chat platform in memory: strict about limits, and failing on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from liteagent.chat.cards.form import Form
from liteagent.chat.inbound import FileIn, Said
from liteagent.chat.places import Person, PersonKind, Place
from liteagent.chat.platform import (
    Content,
    FileOut,
    Limits,
    LiveStream,
    Mark,
    MessageGoneError,
    Text,
)
from liteagent.clock import Clock
from liteagent.events import Json
from liteagent.kernel import SendError
from liteagent.testing.chat.faults import Faults
from liteagent.testing.chat.message import Call, Message, Told
from liteagent.testing.chat.stream import FakeStream
from liteagent.testing.clock import FakeClock

LIMITS = Limits(
    text=200,
    messages=10,
    stream_text=600,
    stream_seconds=240.0,
    edit_seconds=1.0,
    posts_per_second=1.0,
    burst=5,
)
WAIT_SECONDS = 60.0
"""Of the machine's time, after which what a test waits for will not come."""


class FakeChat:
    """A `Platform`. Everybody in it is a full member unless `people` says otherwise.

    await chat.until(lambda: chat.texts == ["hello"])
    chat.faults.lose_answer("post")
    """

    def __init__(
        self,
        *,
        name: str = "slack",
        limits: Limits = LIMITS,
        streams: bool = True,
        knows_keys: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self._name, self._limits = name, limits
        self.streams, self.knows_keys = streams, knows_keys
        """Whether it has messages that grow; whether it takes a second post with a key for the
        first one, as Discord does for some minutes.
        """
        self.clock: Clock = clock or FakeClock()
        self.faults = Faults()
        self.people: dict[str, Person] = {}
        self.shared: set[str] = set()
        """Channels that other workspaces share."""
        self.messages: list[Message] = []
        """Every message of ours, in order, those that were removed too."""
        self.heard: list[Said] = []
        """What people said, by `says`; `missed` looks here."""
        self.files: dict[str, bytes] = {}
        """What can be fetched, by address."""
        self.calls: list[Call] = []
        self.opened: list[tuple[Place, str]] = []
        self.statuses: list[tuple[Place, str]] = []
        self.marks: dict[str, set[Mark]] = {}
        """By message."""
        self.told: list[Told] = []
        self.forms: list[tuple[Form, Json]] = []
        self.violations: list[str] = []
        """What was asked for that no platform takes."""
        self._said = 0
        self._waiting: set[asyncio.Future[None]] = set()

    # -- looking

    @property
    def texts(self) -> list[str]:
        """What can be read in the whole place, one item a message."""
        return [message.text for message in self.messages if not message.removed]

    def visible(self, place: Place) -> list[Message]:
        """The messages of one conversation that are there."""
        return [each for each in self.messages if each.place == place and not each.removed]

    def message(self, id: str) -> Message:
        return next(message for message in self.messages if message.id == id)

    def status_at(self, place: Place) -> str:
        """What is said there that the agent is doing."""
        return next((text for where, text in reversed(self.statuses) if where == place), "")

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return once this is so; it is asked after every change of the platform's."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not condition():
                changed = asyncio.get_running_loop().create_future()
                self._waiting.add(changed)
                try:
                    await changed
                finally:
                    self._waiting.discard(changed)

    def changed(self) -> None:
        """Let whoever waits look again."""
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    # -- what people do

    def says(
        self, text: str, *, by: str = "U1", conversation: str = "T1:C1:1", **more: Any
    ) -> Said:
        """What somebody says in a conversation, as an adapter would hand it on; `more` are fields
        of `Said`. It is remembered for `missed`, and reaches nobody by itself.
        """
        order = f"{self._number():010}"
        team, channel, thread = (*conversation.split(":"), "", "")[:3]
        place = Place(team=team, channel=channel, thread=thread)
        fields: dict[str, Any] = {
            "id": f"{team}:{channel}:{order}",
            "order": order,
            "place": place,
            "source": place,
            "message_id": order,
            "person": self.people.get(by, Person(id=by, team=team)),
            "ts": self.clock.now(),
        }
        said = Said(text=text, conversation=conversation, **(fields | more))
        self.heard.append(said)
        return said

    def delete(self, id: str) -> None:
        """Somebody deletes a message of ours."""
        self.message(id).removed = True
        self.changed()

    # -- the platform

    @property
    def name(self) -> str:
        return self._name

    @property
    def claim(self) -> str:
        return "slack_groups" if self._name == "slack" else "discord_roles"

    @property
    def limits(self) -> Limits:
        return self._limits

    def render(self, markdown: str) -> str:
        return markdown

    async def person(self, person: Person, place: Place, *, fresh: bool = False) -> Person:
        await self._do("person", place.channel, person.id, _nothing)
        known = self.people.get(person.id, person)
        return replace(known, name=known.name or known.id, complete=True)

    async def is_shared(self, place: Place) -> bool:
        await self._do("is_shared", place.channel, "", _nothing)
        return place.channel in self.shared

    async def open(self, place: Place, title: str) -> None:
        await self._do("open", place.channel, title, lambda: self.opened.append((place, title)))

    async def post(self, place: Place, content: Content, key: str) -> str:
        self._check(content)
        if len(key) != 32 or set(key) - set("0123456789abcdef"):
            self.violations.append(f"key {key!r}")
        posted: list[str] = []
        await self._do(
            "post",
            place.channel,
            _text(content),
            lambda: posted.append(self._post(place, content, key, streaming=False)),
        )
        return posted[0]

    async def edit(self, place: Place, message_id: str, content: Content) -> None:
        self._check(content)
        await self._do(
            "edit", place.channel, _text(content), lambda: self._edit(message_id, content)
        )

    async def remove(self, place: Place, message_id: str) -> None:
        await self._do("remove", place.channel, message_id, lambda: self.delete(message_id))

    async def find(self, place: Place, key: str, content: Content) -> str | None:
        await self._do("find", place.channel, key, _nothing)
        there = self.visible(place)
        known = [message.id for message in there if message.key == key]
        begun = [message.id for message in there if _is_begun(message, content)]
        return next(iter(known or begun[::-1]), None)

    async def stream(self, place: Place, person_id: str, text: str) -> LiveStream | None:
        if not self.streams:
            return None
        begun: list[str] = []
        await self._do(
            "stream",
            place.channel,
            text,
            lambda: begun.append(self._post(place, Text(text), "", streaming=True)),
        )
        return FakeStream(self.message(begun[0]), self._limits, self.clock, self._do)

    async def status(self, place: Place, text: str) -> None:
        await self._do("status", place.channel, text, lambda: self.statuses.append((place, text)))

    async def mark(self, source: Place, message_id: str, mark: Mark, *, on: bool) -> None:
        marks = self.marks.setdefault(message_id, set())
        change = marks.add if on else marks.discard
        await self._do("mark", source.channel, mark.value, lambda: change(mark))

    async def tell(self, place: Place, person_id: str, text: str, handle: Json = None) -> None:
        told = Told(place=place, person_id=person_id, text=text, handle=handle)
        await self._do("tell", place.channel, text, lambda: self.told.append(told))

    async def show_form(self, form: Form, handle: Json) -> None:
        await self._do("show_form", "", form.title, lambda: self.forms.append((form, handle)))

    async def fetch(self, file: FileIn) -> bytes:
        await self._do("fetch", "", file.url, _nothing)
        if file.url not in self.files:
            raise SendError("The file is not there any more.", permanent=True)
        return self.files[file.url]

    async def missed(self, conversation: str, place: Place, after: str) -> Sequence[Said]:
        await self._do("missed", place.channel, after, _nothing)
        said = (each for each in self.heard if each.conversation == conversation)
        return [replace(each, late=True) for each in said if each.order > after][:100]

    async def missed_mentions(self, after: float) -> Sequence[Said]:
        await self._do("missed_mentions", "", str(after), _nothing)
        asked = (each for each in self.heard if each.mentions_us or each.place.direct)
        return [replace(each, late=True) for each in asked if each.ts > after][:100]

    async def thread_so_far(self, place: Place, before: str) -> Sequence[Said]:
        await self._do("thread_so_far", place.channel, before, _nothing)
        theirs = [each for each in self.heard if each.source == place]
        ours = [_as_said(each) for each in self.visible(place)]
        said = sorted((*theirs, *ours), key=lambda each: each.order)
        return [each for each in said if each.order < before][-50:]

    async def begin(self, place: Place, person: Person, text: str, key: str) -> tuple[str, Place]:
        if place.thread or place.direct:
            return ":".join(filter(None, (place.team, place.channel, place.thread))), place
        known = next((each for each in self.messages if each.key == key), None)
        root = known.id if known else await self.post(place, Text(text), key)
        order = self.message(root).order
        return f"{place.team}:{place.channel}:{order}", replace(place, thread=order)

    async def permalink(self, place: Place, message_id: str) -> str:
        await self._do("permalink", place.channel, message_id, _nothing)
        return f"https://chat.test/{place.channel}/{message_id}"

    async def _do(self, method: str, channel: str, text: str, do: Callable[[], None]) -> None:
        now = self.clock.now()
        self.calls.append(Call(method=method, ts=now, channel=channel, text=text))
        self.changed()
        fault = await self.faults.before(method)
        do()
        self.changed()
        await self.faults.after(fault)

    def _post(self, place: Place, content: Content, key: str, *, streaming: bool) -> str:
        known = [each.id for each in self.messages if key and each.key == key]
        if self.knows_keys and known:
            return known[0]
        number = self._number()
        message = Message(
            id=f"m{number}",
            order=f"{number:010}",
            key=key,
            place=place,
            content=content,
            ts=self.clock.now(),
            streaming=streaming,
        )
        self.messages.append(message)
        return message.id

    def _number(self) -> int:
        self._said += 1
        return self._said

    def _edit(self, message_id: str, content: Content) -> None:
        message = self.message(message_id)
        if message.removed:
            raise MessageGoneError
        message.edits.append(message.content)
        message.content, message.streaming = content, False

    def _check(self, content: Content) -> None:
        if not isinstance(content, Text):
            return
        if not content.text.strip() or len(content.text) > self._limits.text:
            self.violations.append(f"{len(content.text)} characters: {content.text!r}")
            raise SendError("A message has no text, or too much of it.", permanent=True)


def _as_said(message: Message) -> Said:
    """A message of ours as one of a thread's."""
    return Said(
        id=message.id,
        order=message.order,
        conversation="",
        place=message.place,
        source=message.place,
        message_id=message.id,
        person=Person(id="us", kind=PersonKind.SELF),
        text=message.text,
        ts=message.ts,
    )


def _is_begun(message: Message, content: Content) -> bool:
    """Whether the message is a stream of this content which was never finished."""
    if not message.streaming or not isinstance(content, Text) or not content.text:
        return False
    return content.text.startswith(message.text) or message.text.startswith(content.text)


def _text(content: Content) -> str:
    match content:
        case Text(text=text):
            return text
        case FileOut(name=name):
            return name
        case _:
            return content.title


def _nothing() -> None:
    """What a call does that only asks."""
