"""One account on a chat platform, and what it is served with."""

from __future__ import annotations

from typing import Protocol

from liteagent.agents import ApprovalInbox, Sessions
from liteagent.agents.chat_settings import ChatSettings
from liteagent.chat.bindings import Bindings
from liteagent.chat.people import People
from liteagent.chat.places import Person, Place
from liteagent.chat.platform import Platform
from liteagent.clock import Clock
from liteagent.events import Json
from liteagent.principal import Principal


class Shows(Protocol):
    """Keeps messages of ours as they should be; see `Posts`."""

    async def show_text(self, place: Place, key: str, markdown: str) -> object:
        """Let the messages under this key show this text."""
        ...


class Account:
    """What every part of the intake needs to know."""

    def __init__(
        self,
        platform: Platform,
        sessions: Sessions,
        posts: Shows,
        *,
        default_agent: str,
        settings: ChatSettings,
        clock: Clock,
    ) -> None:
        self.platform, self.sessions, self.clock = platform, sessions, clock
        self.default_agent, self._posts = default_agent, posts
        self.settings = settings.of(platform.name)
        self.journal = sessions.runtime.journal
        self.approvals = ApprovalInbox(sessions.runtime)
        self.bindings = Bindings(self.journal, platform.name)
        self.people = People(platform.name, platform.claim, settings)

    @property
    def name(self) -> str:
        """The platform's."""
        return self.platform.name

    async def person(self, person: Person, place: Place) -> Person:
        """Somebody, complete and as they are now."""
        return await self.platform.person(person, place)

    def principal(self, person: Person) -> Principal:
        """Whoever acts when this person, who is complete, does."""
        return self.people.principal(person)

    def agent_in(self, *places: Place) -> str:
        """Who answers there, unless the conversation has chosen somebody else."""
        for channel in (name for place in places for name in (place.channel, place.parent)):
            found = self.settings.channels.get(channel)
            if found is not None and found.agent is not None:
                return found.agent
        return self.settings.agent or self.default_agent

    @property
    def approvals_place(self) -> Place | None:
        """The channel for the requests of all agents, if there is one."""
        team, _, channel = (self.settings.approvals_channel or "").rpartition(":")
        return Place(team=team, channel=channel) if channel else None

    async def tell(self, place: Place, person: Person, text: str, handle: Json = None) -> None:
        """Tell one person something, in the agent's Markdown."""
        await self.platform.tell(place, person.id, self.platform.render(text), handle)

    async def show(self, place: Place, key: str, text: str) -> None:
        """Let everybody in a conversation see a text, in place of what was shown under this key
        before.
        """
        await self._posts.show_text(place, key, text)
