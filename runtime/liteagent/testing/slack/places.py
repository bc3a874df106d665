"""Who and what is in the workspace."""

from __future__ import annotations

from collections.abc import Iterable

from liteagent.testing.slack.parts import Parts
from liteagent.testing.slack.records import Channel, File, Group


class Places:
    """Adds people, channels, groups and files."""

    _parts: Parts

    def add_user(
        self,
        name: str,
        *,
        guest: bool = False,
        bot: bool = False,
        team: str | None = None,
        email: str | None = None,
        id: str | None = None,
    ) -> str:
        """A user's id, a new one or `id`, which another team may have too. `team` is another
        workspace's, of who is here through Slack Connect.
        """
        user = self._parts.workspace.new_user(
            name, guest=guest, bot=bot, team=team, email=email, id=id
        )
        return user.id

    def add_channel(
        self,
        name: str,
        *,
        shared: bool = False,
        private: bool = False,
        members: Iterable[str] = (),
        bot_in: bool = True,
    ) -> str:
        """A channel's id. Without `members` everybody who is there now is in it."""
        workspace = self._parts.workspace
        people = list(members) or [u.id for u in workspace.users.values() if u.id != workspace.bot]
        channel = Channel(
            id=workspace.new_id("C"),
            name=name,
            kind="group" if private else "channel",
            members=[*people, *([workspace.bot] if bot_in else [])],
            shared=shared,
        )
        return workspace.new_channel(channel).id

    def add_group(self, handle: str, members: Iterable[str]) -> str:
        """A user group's id."""
        workspace = self._parts.workspace
        group = Group(id=workspace.new_id("S"), handle=handle, members=list(members))
        workspace.groups[group.id] = group
        return group.id

    def add_file(
        self, user: str, name: str, content: bytes, *, mimetype: str = "text/plain"
    ) -> str:
        """A file's id, to be said with a message: `say(…, files=[id])`."""
        workspace = self._parts.workspace
        file = File(
            id=workspace.new_id("F"),
            name=name,
            title=name,
            mimetype=mimetype,
            size=len(content),
            user=user,
            content=content,
            shared=True,
        )
        workspace.files[file.id] = file
        return file.id

    def open_dm(self, user: str) -> str:
        """The id of the conversation between somebody and the app."""
        return self._parts.workspace.direct(user).id

    def join(self, user: str, channel: str) -> None:
        """Somebody, or the app itself, enters a channel; the app is told."""
        place = self._parts.workspace.channels[channel]
        if user not in place.members:
            place.members.append(user)
            self._parts.stage.announcer.joined(place, user)

    def leave(self, user: str, channel: str) -> None:
        """Somebody, or the app itself, is no longer in a channel."""
        self._parts.workspace.channels[channel].members.remove(user)
