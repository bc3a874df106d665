"""Several workspaces as one `Platform` of the chat core."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from liteagent.chat.cards.form import Form
from liteagent.chat.inbound import FileIn, Said
from liteagent.chat.places import Person, Place
from liteagent.chat.platform import Content, LiveStream, Mark
from liteagent.errors import LiteAgentException
from liteagent.events import Json
from liteagent_slack.errors import NotInstalledError, TokenRefusedError
from liteagent_slack.history import MOST_MISSED
from liteagent_slack.markup import as_slack
from liteagent_slack.platform import CLAIM, LIMITS, SlackPlatform
from liteagent_slack.settings import NAME
from liteagent_slack.workspaces import Workspaces

log = logging.getLogger(__name__)


class TeamsPlatform:
    """Hands everything to the platform of the workspace in which it is to happen; raises
    `NotInstalledError` where that has not the app.
    """

    name, claim, limits = NAME, CLAIM, LIMITS
    render = staticmethod(as_slack)

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._since = 0.0
        self._looked: dict[str, Sequence[Said]] = {}
        """What was found since then in workspaces, of a look that was broken off."""

    async def person(self, person: Person, place: Place, *, fresh: bool = False) -> Person:
        return await (await self._at(place)).person(person, place, fresh=fresh)

    async def is_shared(self, place: Place) -> bool:
        return await (await self._at(place)).is_shared(place)

    async def open(self, place: Place, title: str) -> None:
        await (await self._at(place)).open(place, title)

    async def post(self, place: Place, content: Content, key: str) -> str:
        return await (await self._at(place)).post(place, content, key)

    async def edit(self, place: Place, message_id: str, content: Content) -> None:
        await (await self._at(place)).edit(place, message_id, content)

    async def remove(self, place: Place, message_id: str) -> None:
        await (await self._at(place)).remove(place, message_id)

    async def find(self, place: Place, key: str, content: Content) -> str | None:
        return await (await self._at(place)).find(place, key, content)

    async def stream(self, place: Place, person_id: str, text: str) -> LiveStream | None:
        return await (await self._at(place)).stream(place, person_id, text)

    async def begin(self, place: Place, person: Person, text: str, key: str) -> tuple[str, Place]:
        return await (await self._at(place)).begin(place, person, text, key)

    async def status(self, place: Place, text: str) -> None:
        await (await self._at(place)).status(place, text)

    async def mark(self, source: Place, message_id: str, mark: Mark, *, on: bool) -> None:
        await (await self._at(source)).mark(source, message_id, mark, on=on)

    async def tell(self, place: Place, person_id: str, text: str, handle: Json = None) -> None:
        await (await self._at(place)).tell(place, person_id, text, handle)

    async def show_form(self, form: Form, handle: Json) -> None:
        place = Place.from_json((handle or {})["place"])
        await (await self._at(place)).show_form(form, handle)

    async def fetch(self, file: FileIn) -> bytes:
        return await (await self._workspaces.of(file.team)).fetch(file)

    async def missed(self, conversation: str, place: Place, after: str) -> Sequence[Said]:
        return await (await self._at(place)).missed(conversation, place, after)

    async def missed_mentions(self, after: float) -> Sequence[Said]:
        """Those of all workspaces; asked again, it goes on with those that were not looked at."""
        if self._since != after:
            self._since, self._looked = after, {}
        for each in await self._workspaces.all():
            team = each.account.team
            if team not in self._looked:
                self._looked[team] = await _mentions(each, after)
        found = [said for all_of_one in self._looked.values() for said in all_of_one]
        self._since, self._looked = 0.0, {}
        return sorted(found, key=lambda said: said.order)[:MOST_MISSED]

    async def thread_so_far(self, place: Place, before: str) -> Sequence[Said]:
        return await (await self._at(place)).thread_so_far(place, before)

    async def permalink(self, place: Place, message_id: str) -> str:
        try:
            return await (await self._at(place)).permalink(place, message_id)
        except LiteAgentException:
            return ""

    async def _at(self, place: Place) -> SlackPlatform:
        return await self._workspaces.of(place.team)


async def _mentions(platform: SlackPlatform, after: float) -> Sequence[Said]:
    """A workspace that lets nobody look keeps no other from being looked at."""
    try:
        return await platform.missed_mentions(after)
    except (NotInstalledError, TokenRefusedError) as error:
        log.warning("Mentions there are not looked for: %s", error)
        return ()
