"""What people do: they write, edit, react, click, fill in forms and use commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from liteagent.testing.discord import asking
from liteagent.testing.discord.checks import MOST_CONTENT
from liteagent.testing.discord.checks.modals import Value
from liteagent.testing.discord.errors import CannotDoError
from liteagent.testing.discord.interactions import Interaction
from liteagent.testing.discord.messages import REPLY, Message, Reference, Upload
from liteagent.testing.discord.opening import open_at_message
from liteagent.testing.discord.people import User
from liteagent.testing.discord.places import TEXT, Channel, Thread
from liteagent.testing.discord.posting import Draft, changed, post, react, remove, unreact
from liteagent.testing.discord.stage import Stage
from liteagent.testing.discord.threads import open_thread


class Acts(Stage):
    """People, named by their user ids, act as they would at Discord's screen. What nobody could
    do there, as clicking a button that is gone, is a `CannotDoError`.

    Each returns when Discord has taken it, not when the bot has answered.
    """

    async def say(
        self,
        user: int,
        channel: int,
        text: str,
        *,
        reply_to: int | None = None,
        attachments: Iterable[Upload | tuple[str, bytes]] = (),
    ) -> int:
        """Write in a channel, thread or direct message; the message's id. `<@id>` mentions."""
        author, place = self._in(user, channel)
        uploads = [_upload(one) for one in attachments]
        if not (text or uploads) or len(text) > MOST_CONTENT:
            raise CannotDoError(f"a message has 1 to {MOST_CONTENT} characters, not {len(text)}")
        if isinstance(place, Thread) and place.locked:
            raise CannotDoError(f"{author.name} cannot write in the locked thread {place.name!r}")
        draft = Draft(content=text, uploads=uploads)
        if reply_to is not None:
            self.world.message(place.id, reply_to)
            reference = Reference(message_id=reply_to, channel_id=place.id, guild_id=place.guild_id)
            draft = Draft(content=text, uploads=uploads, reference=reference, type=REPLY)
        return post(self.world, place, author, draft).id

    async def open_thread(
        self, user: int, channel: int, name: str, *, message: int | None = None
    ) -> int:
        """Open a public thread, at a message of the channel (whose id it gets) or without one."""
        person, place = self._in(user, channel)
        if place.type != TEXT:
            raise CannotDoError(f"there are no threads in #{place.name}")
        if message is None:
            return open_thread(self.world, place, name, person).id
        at = self.world.message(channel, message)
        return open_at_message(self.world, place, at, name, person, minutes=1440).id

    async def edit(self, user: int, message: int, text: str) -> None:
        """Change the text of one's own message."""
        found = self._message(message)
        if found.author.id != user:
            raise CannotDoError(f"message {message} is {found.author.name}'s")
        found.content = text
        changed(self.world, found)

    async def delete(self, user: int, message: int) -> None:
        """Delete a message; anybody may, as a moderator would."""
        found = self._message(message)
        self._in(user, found.channel_id)
        remove(self.world, found)

    async def react(self, user: int, message: int, emoji: str) -> None:
        found = self._message(message)
        react(self.world, found, self._in(user, found.channel_id)[0], emoji)

    async def unreact(self, user: int, message: int, emoji: str) -> None:
        found = self._message(message)
        unreact(self.world, found, self._in(user, found.channel_id)[0], emoji)

    async def click(
        self, user: int, message: int, custom_id: str, *, values: Sequence[str] = ()
    ) -> Interaction:
        """Press a button of a message, or choose `values` of its select."""
        found = self._message(message)
        person, _ = self._in(user, found.channel_id)
        return self.watch(asking.click(self.world, person, found, custom_id, values))

    async def submit(
        self, user: int, form: Interaction | str, values: Mapping[str, Value]
    ) -> Interaction:
        """Send a form: the one that answered an interaction, or the latest of a custom id that
        was shown to this user. `values` by the fields' custom ids: text, or a list for a select.
        """
        shown = self._form(user, form) if isinstance(form, str) else form
        person = self.world.user(user)
        return self.watch(asking.submit(self.world, person, shown, values))

    async def command(
        self, user: int, channel: int, name: str, options: Mapping[str, Any] | None = None
    ) -> Interaction:
        """Use a slash command that the bot registered; `name` as `agent` or `agent stop`."""
        person, place = self._in(user, channel)
        return self.watch(asking.command(self.world, person, place, name, options or {}))

    def watch(self, interaction: Interaction) -> Interaction:
        """An interaction began."""
        return interaction

    def _form(self, user: int, custom_id: str) -> Interaction:
        for one in reversed(self.world.interactions.values()):
            if one.user.id == user and (one.modal or {}).get("custom_id") == custom_id:
                return one
        raise CannotDoError(f"no form {custom_id!r} was shown to {self.world.user(user).name}")

    def _message(self, message: int) -> Message:
        found = self.world.any_message(message)
        if found is None:
            raise CannotDoError(f"there is no message {message} any more")
        return found

    def _in(self, user: int, channel: int) -> tuple[User, Channel]:
        """Somebody in a place where they can be."""
        person, place = self.world.user(user), self.world.channel(channel)
        if place.guild_id is not None and user not in self.world.guild(place.guild_id).members:
            raise CannotDoError(f"{person.name} is not a member of the guild of #{place.name}")
        if place.recipient is not None and place.recipient != person:
            raise CannotDoError(f"{person.name} does not see {place.recipient.name}'s messages")
        return person, place


def _upload(one: Upload | tuple[str, bytes]) -> Upload:
    if isinstance(one, Upload):
        return one
    name, content = one
    return Upload(filename=name, content=content)
