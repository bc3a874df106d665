"""Discord as a `Platform` of the chat core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liteagent.chat.backfill import OLDEST_SECONDS
from liteagent.chat.cards.card import Card
from liteagent.chat.cards.form import Form
from liteagent.chat.inbound import FileIn, Said
from liteagent.chat.live.status import WAITING
from liteagent.chat.places import Person, Place
from liteagent.chat.platform import (
    Content,
    FileOut,
    Limits,
    LiveStream,
    Mark,
    MessageGoneError,
    Text,
)
from liteagent.chat.text import split
from liteagent.clock import Clock
from liteagent.events import Json
from liteagent_discord.account import Account
from liteagent_discord.answers import MOST_TEXT, Answers
from liteagent_discord.channels import Bound, Channels, nothing_bound
from liteagent_discord.errors import (
    CANNOT_SEND_TO_USER,
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    UNKNOWN_MESSAGE,
    UNKNOWN_USER,
    DiscordError,
)
from liteagent_discord.events import answered_in, conversation_of
from liteagent_discord.history import History
from liteagent_discord.markup import as_discord, cut
from liteagent_discord.messages import NOBODY, body_of, nonce_of
from liteagent_discord.modals import modal
from liteagent_discord.people import People
from liteagent_discord.rest import Rest
from liteagent_discord.typed import Typed
from liteagent_discord.typing_marks import TypingMarks

NAME, CLAIM = "discord", "discord_roles"
LIMITS = Limits(
    text=1900,
    messages=8,
    stream_text=0,
    stream_seconds=0.0,
    edit_seconds=1.2,
    posts_per_second=1.0,
    burst=5,
    status_cost=0,
)
MOST_ASKED = 1800
"""Of a slash command, shown in the channel."""
_EMOJI = {Mark.QUEUED: "👀"}
_NO_MARK = frozenset({UNKNOWN_MESSAGE, MISSING_ACCESS, MISSING_PERMISSIONS, 90001})
_NOT_ALONE = frozenset({CANNOT_SEND_TO_USER, UNKNOWN_USER, MISSING_ACCESS})
MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = f"{MESSAGES}/{{message_id}}"


class DiscordPlatform:
    """One application."""

    name, claim, limits = NAME, CLAIM, LIMITS
    render = staticmethod(as_discord)

    def __init__(
        self, rest: Rest, account: Account, clock: Clock, bound: Bound = nothing_bound
    ) -> None:
        """`bound` tells in which place a conversation was begun."""
        self._rest, self.account = rest, account
        self._bound, self._clock = bound, clock
        self.people = People(rest, clock)
        self.channels = Channels(rest, bound)
        self.answers = Answers(rest, clock)
        self.typed = Typed()
        self._typing = TypingMarks(rest, clock)
        self._history = History(rest, account)

    async def close(self) -> None:
        """Show nothing more on its own account."""
        await self._typing.close()
        await self.answers.close()

    async def person(self, person: Person, place: Place, *, fresh: bool = False) -> Person:
        return await self.people.complete(person, place, fresh=fresh)

    async def is_shared(self, place: Place) -> bool:
        return False  # a server is nobody else's

    async def open(self, place: Place, title: str) -> None:
        await self.channels.open(place, title)

    # -- messages

    async def post(self, place: Place, content: Content, key: str) -> str:
        try:
            return await self._post(place, content, key)
        except DiscordError as error:
            if error.code != MISSING_PERMISSIONS or not isinstance(content, Card):
                raise
        return await self._post(place, content, key, embeds=False)

    async def edit(self, place: Place, message_id: str, content: Content) -> None:
        try:
            await self._edit(place, message_id, content)
        except DiscordError as error:
            if error.code == UNKNOWN_MESSAGE:
                raise MessageGoneError from error
            if error.code != MISSING_PERMISSIONS or not isinstance(content, Card):
                raise
            await self._edit(place, message_id, content, embeds=False)

    async def remove(self, place: Place, message_id: str) -> None:
        ids = {"channel_id": place.channel, "message_id": message_id}
        try:
            await self.channels.unarchived(place, "DELETE", MESSAGE, **ids)
        except DiscordError as error:
            if error.code != UNKNOWN_MESSAGE:
                raise

    async def find(self, place: Place, key: str, content: Content) -> str | None:
        return await self._history.find(place, key, content)

    async def stream(self, place: Place, person_id: str, text: str) -> LiveStream | None:
        return None

    async def begin(self, place: Place, person: Person, text: str, key: str) -> tuple[str, Place]:
        if place.direct or place.parent:
            return conversation_of(place), place
        asked = Text(f"<@{person.id}> asks: {cut(text, MOST_ASKED)}")
        root = await self._history.find(place, key, asked) or await self.post(place, asked, key)
        thread = answered_in(place, root)
        await self.open(thread, text)
        return conversation_of(thread), thread

    # -- around messages

    async def status(self, place: Place, text: str) -> None:
        if text and text != WAITING:
            self._typing.show(place)
        else:
            self._typing.hide(place)

    async def mark(self, source: Place, message_id: str, mark: Mark, *, on: bool) -> None:
        try:
            await self._rest.call(
                "PUT" if on else "DELETE",
                f"{MESSAGE}/reactions/{{emoji}}/@me",
                channel_id=source.channel,
                message_id=message_id,
                emoji=_EMOJI[mark],
            )
        except DiscordError as error:
            if error.code not in _NO_MARK:
                raise

    async def tell(self, place: Place, person_id: str, text: str, handle: Json = None) -> None:
        """By the interaction while it lives. Else in the thread, as what was asked there; for a
        channel by a direct message, where the person takes any.
        """
        if handle and await self.answers.tell(handle, text):
            return
        if place.direct:
            await self._say(place.channel, text, NOBODY)
        elif place.parent or not await self._say_alone(person_id, text):
            only = {"parse": [], "users": [person_id]}
            await self._say(place.channel, f"<@{person_id}> {text}", only)

    async def show_form(self, form: Form, handle: Json) -> None:
        await self.answers.form(handle or {}, modal(self.typed.into(form, handle or {})))

    async def fetch(self, file: FileIn) -> bytes:
        if file.size > LIMITS.file_in:
            text = f"{file.name} has more than {LIMITS.file_in:,} bytes."
            raise DiscordError(text, 0, permanent=True)
        return await self._rest.fetch(file.url)

    # -- looking back

    async def missed(self, conversation: str, place: Place, after: str) -> Sequence[Said]:
        return await self._history.missed(place, after)

    async def missed_mentions(self, after: float) -> Sequence[Said]:
        return await self._history.mentions(after)

    async def thread_so_far(self, place: Place, before: str) -> Sequence[Said]:
        return await self._history.so_far(place, before)

    async def unheard(self, said: Said) -> Sequence[Said]:
        """What somebody had written directly before their first message that reached us: Discord
        lists no direct messages to a bot, so that no look back finds such a conversation.
        """
        if not said.place.direct or await self._bound(said.conversation) is not None:
            return ()
        oldest = self._clock.now() - OLDEST_SECONDS
        return await self._history.unanswered(said.place, said.order, oldest)

    async def permalink(self, place: Place, message_id: str) -> str:
        return f"https://discord.com/channels/{place.team or '@me'}/{place.channel}/{message_id}"

    # -- calls

    async def _post(self, place: Place, content: Content, key: str, *, embeds: bool = True) -> str:
        nonce = {"nonce": nonce_of(key), "enforce_nonce": True}
        posted = await self._rest.call(
            "POST",
            MESSAGES,
            body=body_of(content, key, embeds=embeds) | nonce,
            file=content if isinstance(content, FileOut) else None,
            channel_id=place.channel,
        )
        if isinstance(content, Text) and not _is_shown(content, posted):
            # posted with this key before, when less of it had come
            await self._edit(place, str(posted["id"]), content)
        return str(posted["id"])

    async def _edit(
        self, place: Place, message_id: str, content: Content, *, embeds: bool = True
    ) -> None:
        await self.channels.unarchived(
            place,
            "PATCH",
            MESSAGE,
            body=body_of(content, embeds=embeds),
            file=content if isinstance(content, FileOut) else None,
            channel_id=place.channel,
            message_id=message_id,
        )

    async def _say_alone(self, person_id: str, text: str) -> bool:
        """By a direct message; False where the person takes none."""
        try:
            found = await self._rest.call(
                "POST", "/users/@me/channels", body={"recipient_id": person_id}
            )
            await self._say(str(found["id"]), text, NOBODY)
        except DiscordError as error:
            if error.code not in _NOT_ALONE:
                raise
            return False
        return True

    async def _say(self, channel: str, text: str, allowed: Mapping[str, Any]) -> None:
        for part in split(text, MOST_TEXT):
            body = {"content": part, "allowed_mentions": allowed}
            await self._rest.call("POST", MESSAGES, body=body, channel_id=channel)


def _is_shown(text: Text, posted: Mapping[str, Any]) -> bool:
    return str(posted.get("content", text.text)).strip() == text.text.strip()
